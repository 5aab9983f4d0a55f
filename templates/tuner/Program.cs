using Tuning;

var results = await new Tuner(
    Trainable.FromFunction<Config>("descend", DescendAsync, checkpoints: true),
    new SearchSpace<Config>().Add(c => c.Lr, Domain.LogUniform(1e-3, 1)).Add(c => c.Momentum, Domain.Choice(0.0, 0.5, 0.9)),
    new TuneConfig { Metric = "loss", Mode = Mode.Min, Samples = 20 },
    new RunConfig { Stop = { ["loss"] = StopAt.Most(1e-6), ["training_iteration"] = 100 } }).FitAsync();

Console.WriteLine($"best: {results.Best()}");

static async Task DescendAsync(TrialContext<Config> trial, CancellationToken cancel)
{
    for (var s = trial.Checkpoint?.ReadJson<State>("state.json") ?? new State(X: 5, Speed: 0); ;)
    {
        var speed = (trial.Config.Momentum * s.Speed) - (trial.Config.Lr * 2 * s.X);    // the slope of x² is 2x
        s = new State(s.X + speed, speed);
        await trial.ReportAsync(new() { ["loss"] = s.X * s.X }, save: dir => dir.WriteJson("state.json", s));
    }
}

record Config { public double Lr { get; init; } = 0.1; public double Momentum { get; init; } }
record State(double X, double Speed);
