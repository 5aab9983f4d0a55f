using System.Text.Json;
using Tuning.Environments;
using Tuning.Randomness;

namespace Tuning.Tests.Environments;

public sealed class EnvironmentCheckerTests
{
    [Fact]
    public void Sound_environments_have_no_issue()
    {
        Assert.Empty(EnvironmentChecker.Check(() => new IdentityEnvironment(4)));
        Assert.Empty(EnvironmentChecker.Check(() => new ContinuousIdentityEnvironment()));
        Assert.Empty(EnvironmentChecker.Check(() => new Faulty(Fault.None)));
    }

    [Theory]
    [InlineData(Fault.NullSpace, "spaces_are_stated", "ActionSpace is null")]
    [InlineData(Fault.ChangingSpace, "spaces_are_stated", "changes from call to call")]
    [InlineData(Fault.UnwrittenReset, "reset_fills_observation", "number 1")]
    [InlineData(Fault.OutsideAtReset, "reset_fills_observation", "outside of Box")]
    [InlineData(Fault.OutsideAfterStep, "observations_are_in_space", "outside of Box")]
    [InlineData(Fault.NanReward, "rewards_are_numbers", "NaN")]
    [InlineData(Fault.OwnLuck, "seed_decides", "random stream")]
    [InlineData(Fault.RemembersPast, "reset_forgets", "forget the past")]
    [InlineData(Fault.PartOfState, "state_continues", "SaveState must hold all")]
    [InlineData(Fault.Allocates, "steps_do_not_allocate", "bytes on average")]
    [InlineData(Fault.DisposesOnce, "dispose_twice", "ObjectDisposedException")]
    [InlineData(Fault.Throws, "seed_decides", "threw InvalidOperationException: no luck")]
    public void Each_fault_is_found_by_its_rule(Fault fault, string rule, string part) =>
        Assert.Contains(EnvironmentChecker.Check(() => new Faulty(fault)), i => i.Rule == rule && i.Message.Contains(part));

    public enum Fault
    {
        None,
        NullSpace,
        ChangingSpace,
        UnwrittenReset,
        OutsideAtReset,
        OutsideAfterStep,
        NanReward,
        OwnLuck,
        RemembersPast,
        PartOfState,
        Allocates,
        DisposesOnce,
        Throws,
    }

    // A walk on a line with one fault.
    private sealed class Faulty(Fault fault) : IEnvironment
    {
        private static int _instances;
        private readonly int _number = Interlocked.Increment(ref _instances);
        private RandomStream? _random;
        private float _position;
        private float _drift;
        private int _resets;
        private int _spaces;
        private bool _disposed;
        private object? _garbage;

        public Space ObservationSpace => fault == Fault.ChangingSpace ? new Box(-100, 100 + ++_spaces, 2) : new Box(-100, 100, 2);

        public Space ActionSpace => fault == Fault.NullSpace ? null! : new Discrete(3);

        public bool CanSaveState => true;

        public void Reset(RandomStream random, Span<float> observation)
        {
            _random = random;
            _resets++;
            _drift = random.NextSingle();
            _position = fault switch
            {
                Fault.OutsideAtReset => 101,
                Fault.OwnLuck => _number % 50,
                Fault.RemembersPast => _resets,
                _ => 0,
            };
            observation[0] = _position;
            if (fault != Fault.UnwrittenReset)
            {
                observation[1] = _drift;
            }
        }

        public StepResult Step(EnvironmentAction action, Span<float> observation)
        {
            if (fault == Fault.Throws)
            {
                throw new InvalidOperationException("no luck");
            }

            _garbage = fault == Fault.Allocates ? new byte[50] : _garbage;
            _position += action.Choice - 1 + (0.1f * _drift) + (0.01f * _random!.NextSingle());
            observation[0] = fault == Fault.OutsideAfterStep ? 1000 : _position;
            observation[1] = _drift;
            return new(fault == Fault.NanReward ? double.NaN : _position, Math.Abs(_position) > 5);
        }

        public JsonElement SaveState() => JsonSerializer.SerializeToElement(fault == Fault.PartOfState ? [_position] : new[] { _position, _drift });

        public void RestoreState(JsonElement state, RandomStream random)
        {
            var numbers = state.Deserialize<float[]>()!;
            _random = random;
            _position = numbers[0];
            _drift = numbers.Length > 1 ? numbers[1] : 0;
        }

        public void Dispose()
        {
            ObjectDisposedException.ThrowIf(_disposed && fault == Fault.DisposesOnce, this);
            _disposed = true;
        }
    }
}
