using Tuning.Environments;

namespace Tuning.Tests;

/// <summary>PettingZoo's parallel API.</summary>
public sealed class PettingZooTests
{
    [Fact]
    public void Agents_act_leave_and_end_as_in_python()
    {
        Python.Needed();
        using var environment = EnvironmentRegistry.CreateMultiAgent("pettingzoo:fake_zoo", Python.Config());
        Assert.Equal(["a", "b", "c"], environment.Agents);
        Assert.Equal(["Box([0], [100])", "Discrete(5)"], new[] { 0, 2 }.Select(a => environment.ObservationSpace(a).ToString()));
        Assert.Equal(["Discrete(3)", "Box([-1, -1], [1, 1])"], new[] { 0, 2 }.Select(a => environment.ActionSpace(a).ToString()));
        var random = new Randomness.RandomStream(3);
        var step = environment.Start(random);
        for (var episode = 0; episode < 2; episode++)
        {
            Assert.All(Enumerable.Range(0, 3), a => Assert.True(step.ActsNext(a)));
            for (var time = 1; time <= 3; time++)
            {
                step.SetAction(0, 2);
                step.SetAction(2, 0.5f, -0.25f);
                if (time == 1)
                {
                    step.SetAction(1, 0);
                }

                environment.Advance(step);

                // Actions of a and b begin at 1 in Python.
                Assert.Equal((3.0, time == 1 ? 1.0 : 0, 0.25), (step.Reward(0), step.Reward(1), step.Reward(2)));
                Assert.Equal((time == 1, time == 1), (step.IsObserved(1), step.IsTerminated(1)));
                Assert.Equal(time, step.Observation(2)[0]);
                Assert.Equal((false, time == 3), (step.AllTerminated, step.AllTruncated));
            }

            environment.Restart(random, step);
        }
    }
}
