using System.Text.Json;
using Tuning.Environments;
using Tuning.Randomness;

namespace Tuning.Tests.Environments;

public sealed class MultiAgentEnvironmentCheckerTests
{
    [Fact]
    public void Sound_environment_has_no_issue() => Assert.Empty(MultiAgentEnvironmentChecker.Check(() => new Faulty(Fault.None)));

    [Theory]
    [InlineData(Fault.NoAgents, "agents_are_stated", "null or empty")]
    [InlineData(Fault.SameNames, "agents_are_stated", "name of its own")]
    [InlineData(Fault.ChangingAgents, "agents_are_stated", "changes from call to call")]
    [InlineData(Fault.NullSpace, "spaces_are_stated", "is null")]
    [InlineData(Fault.ChangingSpace, "spaces_are_stated", "changes from call to call")]
    [InlineData(Fault.RewardAtReset, "reset_only_observes", "must only observe")]
    [InlineData(Fault.Outside, "observations_are_in_space", "outside of Box")]
    [InlineData(Fault.Unwritten, "observations_are_in_space", "left unwritten")]
    [InlineData(Fault.NanReward, "rewards_are_numbers", "NaN")]
    [InlineData(Fault.RewardsTheGone, "absent_agents_get_nothing", "'b' is rewarded while it is not there")]
    [InlineData(Fault.NobodySees, "somebody_acts", "no agent was observed")]
    [InlineData(Fault.OwnLuck, "seed_decides", "random stream")]
    [InlineData(Fault.RemembersPast, "reset_forgets", "forget the past")]
    [InlineData(Fault.PartOfState, "state_continues", "SaveState must hold all")]
    [InlineData(Fault.Allocates, "steps_do_not_allocate", "bytes on average")]
    [InlineData(Fault.DisposesOnce, "dispose_twice", "ObjectDisposedException")]
    [InlineData(Fault.AsksTheAbsent, "seed_decides", "'b' does not act")]
    public void Each_fault_is_found_by_its_rule(Fault fault, string rule, string part) =>
        Assert.Contains(MultiAgentEnvironmentChecker.Check(() => new Faulty(fault)), i => i.Rule == rule && i.Message.Contains(part));

    public enum Fault
    {
        None,
        NoAgents,
        SameNames,
        ChangingAgents,
        NullSpace,
        ChangingSpace,
        RewardAtReset,
        Outside,
        Unwritten,
        NanReward,
        RewardsTheGone,
        NobodySees,
        OwnLuck,
        RemembersPast,
        PartOfState,
        Allocates,
        DisposesOnce,
        AsksTheAbsent,
    }

    // Agent a walks for seven steps; agent b comes at step 2, acts every other step, and leaves at step 5.
    private sealed class Faulty(Fault fault) : IMultiAgentEnvironment
    {
        private static int _instances;
        private readonly int _number = Interlocked.Increment(ref _instances);
        private int _time;
        private float _drift;
        private int _resets;
        private int _calls;
        private bool _disposed;
        private object? _garbage;

        public IReadOnlyList<string> Agents => fault switch
        {
            Fault.NoAgents => [],
            Fault.SameNames => ["a", "a"],
            Fault.ChangingAgents => ["a", $"b{++_calls}"],
            _ => ["a", "b"],
        };

        public bool CanSaveState => true;

        public Space ObservationSpace(int agent) => fault == Fault.NullSpace ? null! : new Box(-100, 100 + (fault == Fault.ChangingSpace ? ++_calls : 0), 2);

        public Space ActionSpace(int agent) => new Discrete(3);

        public void Reset(RandomStream random, MultiAgentStep step)
        {
            (_time, _drift) = (0, random.NextSingle());
            _resets++;
            See(step, 0);
            if (fault == Fault.RewardAtReset)
            {
                step.AddReward(0, 1);
            }
        }

        public void Step(MultiAgentStep step)
        {
            _time++;
            if (fault == Fault.Allocates)
            {
                _garbage = new byte[64];
            }

            if (fault == Fault.AsksTheAbsent)
            {
                _drift += step.Action(1).Choice;
            }

            step.AddReward(0, fault == Fault.NanReward && _time == 3 ? double.NaN : 1);
            See(step, 0);
            if (_time is 2 or 4)
            {
                See(step, 1);
            }

            if (_time == 5)
            {
                step.Terminate(1);
            }

            if (_time == 6 && fault == Fault.RewardsTheGone)
            {
                step.AddReward(1, 1);
            }

            if (_time == 7)
            {
                step.TerminateAll();
            }
        }

        public JsonElement SaveState() => JsonSerializer.SerializeToElement(new[] { _time, fault == Fault.PartOfState ? 0 : _drift });

        public void RestoreState(JsonElement state, RandomStream random)
        {
            var numbers = state.Deserialize<float[]>()!;
            (_time, _drift) = ((int)numbers[0], numbers[1]);
        }

        public void Dispose()
        {
            ObjectDisposedException.ThrowIf(_disposed && fault == Fault.DisposesOnce, this);
            _disposed = true;
            GC.KeepAlive(_garbage);
        }

        private void See(MultiAgentStep step, int agent)
        {
            if (fault == Fault.NobodySees)
            {
                return;
            }

            var observation = step.Observe(agent);
            observation[0] = fault == Fault.Outside && _time == 4 ? 101
                : _time + _drift + (fault == Fault.OwnLuck ? _number % 50 : 0) + (fault == Fault.RemembersPast ? _resets : 0);
            if (fault != Fault.Unwritten || _time != 4)
            {
                observation[1] = agent;
            }
        }
    }
}
