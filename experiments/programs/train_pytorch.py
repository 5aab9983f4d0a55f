"""A small network that learns a sine, by PyTorch. Goes on from its checkpoint after a crash, a pause, or an exploit."""
import os
import torch
import tuner

config = tuner.config()
torch.manual_seed(0)
torch.set_num_threads(1)
x = torch.linspace(-3, 3, 256).unsqueeze(1)
width = config.get("width", 16)
net = torch.nn.Sequential(torch.nn.Linear(1, width), torch.nn.Tanh(), torch.nn.Linear(width, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=config.get("lr", 0.01))
start = 0
if tuner.checkpoint():
    start, weights, moments = torch.load(os.path.join(tuner.checkpoint(), "state.pt"))
    net.load_state_dict(weights)
    optimizer.load_state_dict(moments)
for epoch in range(start, 30):
    for _ in range(20):
        loss = torch.nn.functional.mse_loss(net(x), torch.sin(2 * x))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    state = (epoch + 1, net.state_dict(), optimizer.state_dict())
    tuner.report(loss=loss.item(), save=lambda directory: torch.save(state, os.path.join(directory, "state.pt")))
