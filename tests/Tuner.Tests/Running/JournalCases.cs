using System.Collections.Immutable;
using System.Reflection;
using Tuning.Control;
using Tuning.Randomness;
using Tuning.Search;
using Tuning.Trials;

namespace Tuning.Tests.Running;

/// <summary>Arbitrary events and commands of every case there is, found by reflection, so that a new case is tested as soon as it exists.</summary>
internal static class JournalCases
{
    public static readonly ImmutableArray<Type> Events = CasesOf(typeof(ExperimentEvent));
    public static readonly ImmutableArray<Type> Commands = [.. CasesOf(typeof(ExperimentCommand)).Where(t => t != typeof(ExperimentCommand.RequestSuggestion))];

    private static readonly string[] _texts = ["", "plain", "two\nlines", "quote \" and \\ back", "tab\t and \u0001", "grüße 你好 🎲", "null", "1e999"];
    private static readonly double[] _reals =
        [0, -0.0, 1, 0.1, 1e300, 5e-324, -1.5, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 123456789.123456789, Math.PI];

    public static ExperimentEvent Event(Type type, RandomStream random) => (ExperimentEvent)Make(type, random);

    public static ExperimentCommand Command(Type type, RandomStream random) => (ExperimentCommand)Make(type, random);

    public static Metrics Metrics(RandomStream random, bool arrays = false)
    {
        var metrics = new Metrics();
        for (var i = random.NextInt32(20); i >= 0; i--)
        {
            metrics[$"a/{random.NextInt32(30)}" + Pick(random, ["", "/ö", "\""])] = random.NextInt32(arrays ? 5 : 4) switch
            {
                0 => Pick(random, _reals),
                1 => (long)(random.NextUInt64() >> 12) - (1L << 50),
                2 => random.NextInt32(2) == 0,
                3 => Pick(random, _texts),
                _ => (MetricValue)new float[] { 1, 2 },
            };
        }

        return metrics;
    }

    private static ImmutableArray<Type> CasesOf(Type family) => [.. family.GetNestedTypes().Where(t => t.IsSubclassOf(family))];

    private static object Make(Type type, RandomStream random)
    {
        var constructor = type.GetConstructors(BindingFlags.Public | BindingFlags.Instance).OrderByDescending(c => c.GetParameters().Length).First();
        return constructor.Invoke([.. constructor.GetParameters().Select(p => Value(p, random))]);
    }

    private static object? Value(ParameterInfo parameter, RandomStream random)
    {
        var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        var mayBeNull = new NullabilityInfoContext().Create(parameter).ReadState == NullabilityState.Nullable;
        if (mayBeNull && random.NextInt32(3) == 0)
        {
            return null;
        }

        if (parameter is { Name: "Status", Member.DeclaringType.Name: nameof(ExperimentCommand.EndTrial) })
        {
            return random.NextInt32(2) == 0 ? TrialStatus.Failed : TrialStatus.Terminated;
        }

        return type switch
        {
            _ when type == typeof(DateTimeOffset) => new DateTimeOffset((long)(random.NextUInt64() % 3_000_000_000_000_000_000), TimeSpan.Zero),
            _ when type == typeof(TimeSpan) => new TimeSpan(random.NextInt64(long.MaxValue)),
            _ when type == typeof(long) => random.NextInt64(long.MaxValue),
            _ when type == typeof(int) => random.NextInt32(int.MaxValue),
            _ when type == typeof(ulong) => random.NextUInt64(),
            _ when type == typeof(bool) => random.NextInt32(2) == 0,
            _ when type == typeof(string) => Pick(random, _texts),
            _ when type == typeof(TrialId) => new TrialId(random.NextInt32(1_000_000)),
            _ when type == typeof(CheckpointRef) => new CheckpointRef(new(random.NextInt32(1000)), random.NextInt32(1000), random.NextInt32(1000)),
            _ when type == typeof(ParameterSet) => Parameters(random),
            _ when type == typeof(Suggestion) => random.NextInt32(4) switch
            {
                0 => new Suggestion.Wait(),
                3 => new Suggestion.Invalid(Parameters(random), Pick(random, _texts)),
                1 => new Suggestion.Exhausted(Pick(random, _texts)),
                _ => new Suggestion.Configure(Parameters(random), Pick(random, _texts)),
            },
            _ when type == typeof(TrialReport) => new TrialReport(
                new(random.NextInt32(1000)),
                random.NextInt32(1000),
                new DateTimeOffset((long)(random.NextUInt64() % 3_000_000_000_000_000_000), TimeSpan.Zero),
                random.NextDouble(),
                Pick(random, _reals),
                Metrics(random, arrays: true)),
            _ when type == typeof(ExperimentExtension) => new ExperimentExtension
            {
                NumSamples = random.NextInt32(2) == 0 ? null : random.NextInt32(100),
                AddSamples = random.NextInt32(100),
                Errored = (ErroredTrials)random.NextInt32(3),
            },
            _ when type.IsEnum => Enum.GetValues(type).GetValue(random.NextInt32(Enum.GetValues(type).Length)),
            _ => throw new NotSupportedException($"{parameter.Member.DeclaringType!.Name}.{parameter.Name} is of type {type.Name}; say here how one is made, " +
                $"and teach the journal to write it."),
        };
    }

    private static ParameterSet Parameters(RandomStream random) => ParameterSet.Empty
        .With("lr", random.NextDouble())
        .With("model.layers", (long)random.NextInt32(100))
        .With("model.name", Pick(random, _texts))
        .With("list", new object?[] { 1L, null, true, "x", 0.5 });

    private static T Pick<T>(RandomStream random, T[] items) => items[random.NextInt32(items.Length)];
}
