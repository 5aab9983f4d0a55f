using System.Reflection;
using System.Text;
using System.Text.Json.Serialization;
using Tuning.Algorithms;
using Tuning.Learning;
using Tuning.Specification;
using Tuning.Testing;
using Tuning.Values;

namespace Tuning.Tests.Documents;

/// <summary>Options have .NET names in C# and Ray's in files; the C# names of earlier versions are forwards that no file sees.</summary>
public sealed class OptionNamesTests
{
    /// <summary>Every C# name of before.</summary>
    public static TheoryData<Type, string> OldNames => [.. new[] { typeof(TuneConfig), typeof(PpoOptions), typeof(ExperimentFile) }
        .SelectMany(t => t.Assembly.GetExportedTypes())
        .SelectMany(t => t.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly))
        .Where(p => p.IsDefined(typeof(ObsoleteAttribute)) && p.SetMethod is not null)
        .Select(p => (p.DeclaringType!, p.Name))];

    /// <summary>The names in files are what they always were.</summary>
    [Fact]
    public void Keys_of_files_are_approved()
    {
        var catalog = new ComponentCatalog().AddTrainables();
        var text = new StringBuilder();
        Set(catalog.Searchers);
        Set(catalog.Schedulers);
        Set(catalog.Stoppers);
        Set(catalog.HookActions);
        foreach (var algorithm in AlgorithmRegistry.All)
        {
            Line(algorithm.Name, algorithm.ToTrainable().ParameterNames);
        }

        Line("checkpoint config", OptionSchema.Of(typeof(CheckpointConfig)).Paths);
        Line("failure config", OptionSchema.Of(typeof(FailureConfig)).Paths);
        Approved.Matches("tests/Experiments.Tests/Approved/option-keys.approved.txt", text.ToString());

        void Set<T>(ComponentSet<T> set)
            where T : class
        {
            foreach (var name in set.Names)
            {
                Line($"{set.Kind} {name}", set.OptionsOf(name).Select(o => o.Name));
            }
        }

        void Line(string name, IEnumerable<string> keys) => text.Append(name).Append(": ").AppendJoin(' ', keys.Order(StringComparer.Ordinal)).Append('\n');
    }

    [Theory]
    [MemberData(nameof(OldNames))]
    public void Old_name_gets_and_sets_the_new_one(Type declaring, string name)
    {
        var type = !declaring.IsAbstract ? declaring : declaring.Assembly.GetExportedTypes().First(t => t.IsSubclassOf(declaring) && !t.IsAbstract);
        var old = declaring.GetProperty(name)!;
        var target = old.GetCustomAttribute<ObsoleteAttribute>()!.Message!["Use ".Length..^1];
        var today = declaring.GetProperty(target)!;
        Assert.Equal(today.PropertyType, old.PropertyType);
        var (byOld, byNew) = (Activator.CreateInstance(type)!, Activator.CreateInstance(type)!);
        Assert.Equal(today.GetValue(byOld), old.GetValue(byOld));
        var value = today.GetValue(byOld) is bool flag ? !flag : Other(old.PropertyType, today.GetValue(byOld));
        Assert.NotEqual(value, today.GetValue(byOld));
        old.SetValue(byOld, value);
        today.SetValue(byNew, value);
        Assert.Equal((value, value), (today.GetValue(byOld), old.GetValue(byNew)));

        Assert.True(old.IsDefined(typeof(JsonIgnoreAttribute)), "JSON would write it twice.");
        if (type.Assembly != typeof(ExperimentFile).Assembly && type.Name is not (nameof(TuneConfig) or nameof(StudyConfig)))
        {
            Assert.DoesNotContain(OptionSchema.Of(type).Options, o => o.Member?.Name == name);
        }
    }

    [Fact]
    public void Old_names_are_found() => Assert.InRange(OldNames.Count(), 50, 200);

    // A value that no option has by default.
    private static object Other(Type type, object? current) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var t when t == typeof(int) => 7,
        var t when t == typeof(long) => 7L,
        var t when t == typeof(double) => 0.0625,
        var t when t == typeof(string) => "another",
        var t when t == typeof(Schedule) => (Schedule)0.0625,
        var t when t == typeof(ParameterSet) => ParameterSet.Empty.With("a", 1L),
        var t when t == typeof(Func<ParameterSet, ParameterSet>) => (Func<ParameterSet, ParameterSet>)(p => p),
        var t when t == typeof(SearchSpace) => new SearchSpace().Add("a", 1),
        var t when t == typeof(Tuning.Search.SearcherOptions) => new Tuning.Search.RandomSearchOptions { ConstantGridSearch = true },
        var t when t == typeof(IReadOnlyList<int>) => (IReadOnlyList<int>)[7],
        var t when t == typeof(IReadOnlyList<string>) => (IReadOnlyList<string>)["another"],
        var t when t.IsEnum => Enum.GetValues(t).Cast<object>().First(v => !v.Equals(current)),
        var t => throw new NotSupportedException($"Say here what another {t} is."),
    };
}
