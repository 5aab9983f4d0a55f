using Tuning.Connectors;
using Tuning.Environments;
using Tuning.Randomness;
using Tuning.Runners;

namespace Tuning.Tests.Runners;

/// <summary>Compares rollouts with an obvious twin: one copy after the other within each step, lists instead of buffers.</summary>
public sealed class RolloutTwinTests
{
    private const int Copies = 3;
    private const int Steps = 40;

    [Theory]
    [InlineData("CartPole-v1", 9)]
    [InlineData("Pendulum-v1", 7)]
    [InlineData("MountainCarContinuous-v0", 11)]
    public void Rollout_is_what_the_twin_plays(string name, int limit)
    {
        var definition = new EnvironmentDefinition(name + " cut", _ => EnvironmentRegistry.Create(name), limit, null);
        using var group = new EnvRunnerGroup(EnvRunnerGroupTests.Options(name, ObservationFilter.MeanStdFilter, steps: Steps) with
        {
            Environment = definition,
            NumEnvRunners = 1,
            NumEnvsPerEnvRunner = Copies
        });
        var module = EnvRunnerGroupTests.Module(group);

        var twin = new Twin(definition, module, SeedPath.Of(5) / "runner" / 0);
        for (var iteration = 0; iteration < 3; iteration++)
        {
            twin.Compare(Assert.Single(group.Sample(module)));
        }
    }

    private sealed class Twin
    {
        private readonly LinearModule _module;
        private readonly IEnvironment[] _environments;
        private readonly RandomStream[] _luck;
        private readonly RandomStream _actions;
        private readonly MeanStdFilter _filter;
        private readonly float[][] _seen;

        public Twin(EnvironmentDefinition definition, LinearModule module, SeedPath place)
        {
            _module = module;
            _environments = [.. Enumerable.Range(0, Copies).Select(_ => definition.Create())];
            _luck = [.. Enumerable.Range(0, Copies).Select(i => (place / "env" / i).Stream())];
            _actions = (place / "actions").Stream();
            _filter = new MeanStdFilter(module.ObservationSize);
            _seen = [.. Enumerable.Range(0, Copies).Select(i => Reset(i))];
        }

        public void Compare(RolloutBuffer buffer)
        {
            var finals = new List<float>();
            for (var step = 0; step < Steps; step++)
            {
                AssertNear(_seen.SelectMany(o => o), buffer.Observations(step));
                var inputs = _seen.Select(_module.ForwardInference).ToArray();
                var actions = inputs.Select(Draw).ToArray();
                Assert.Equal(actions.SelectMany(a => a), buffer.Actions(step).ToArray(), (a, b) => Math.Abs(a - b) < 1e-4);
                for (var i = 0; i < Copies; i++)
                {
                    var raw = new float[_module.ObservationSize];
                    var result = Step(i, actions[i], raw);
                    var seen = Filter(raw);
                    Assert.Equal((float)result.Reward, buffer.Rewards(step)[i], 1e-3f);
                    Assert.Equal(result.Terminated, buffer.Terminated(step)[i]);
                    Assert.Equal(result.Truncated && !result.Terminated, buffer.Truncated(step)[i]);
                    if (result.Truncated && !result.Terminated)
                    {
                        finals.AddRange(seen);
                    }

                    _seen[i] = result.Done ? Reset(i) : seen;
                }
            }

            AssertNear(_seen.SelectMany(o => o), buffer.Observations(Steps));
            AssertNear(finals, buffer.FinalObservations);
            Assert.NotEmpty(finals);
        }

        // Merging the filters at the end of an iteration rounds in another way than going on.
        private static void AssertNear(IEnumerable<float> expected, ReadOnlySpan<float> seen) =>
            Assert.Equal(expected, seen.ToArray(), (a, b) => Math.Abs(a - b) < 1e-4);

        private float[] Draw(float[] inputs)
        {
            var action = new float[_module.ActionDistribution.ActionSize];
            _module.ActionDistribution.Sample(inputs, 1, _actions, action);
            return action;
        }

        private StepResult Step(int copy, float[] action, float[] observation)
        {
            if (_environments[copy].ActionSpace is Box box)
            {
                var stretched = Math.Clamp(box.Low[0] + ((action[0] + 1) / 2 * (box.High[0] - box.Low[0])), box.Low[0], box.High[0]);
                return _environments[copy].Step(new([stretched]), observation);
            }

            return _environments[copy].Step(new([(int)action[0]]), observation);
        }

        private float[] Reset(int copy)
        {
            var raw = new float[_module.ObservationSize];
            _environments[copy].Reset(_luck[copy], raw);
            return Filter(raw);
        }

        private float[] Filter(float[] raw)
        {
            var result = new float[raw.Length];
            _filter.Apply(raw, result, learn: true);
            return result;
        }
    }
}
