using Mono.Cecil;
using Tuning.Testing;

namespace Tuning.Tests.Architecture;

/// <summary>Rules that keep the code readable: short files, types that stand in one place, names that mean one thing.</summary>
public sealed class HouseRuleTests
{
    private const int MaxLines = 400;
    private const int MaxColumns = 160;
    private const int MaxFilesOfType = 2;

    private static readonly HashSet<string> _followsCulture =
        ["System.Double", "System.Single", "System.Decimal", "System.Half", "System.DateTime", "System.DateTimeOffset", "System.DateOnly", "System.Object"];

    [Fact]
    public void File_has_at_most_400_lines() => Assert.Empty(
        from folder in new[] { "src", "tests", "benchmarks", "experiments" }
        from file in Directory.EnumerateFiles(Path.Combine(Approved.Repository, folder), "*.cs", SearchOption.AllDirectories)
        where !file.Split(Path.DirectorySeparatorChar).Any(p => p is "obj" or "bin")
        let lines = File.ReadLines(file).Count()
        where lines > MaxLines
        select $"{Path.GetRelativePath(Approved.Repository, file)} has {lines} lines");

    // Samples and snippets stand in the documents as they are here.
    [Fact]
    public void Line_has_at_most_160_columns() => Assert.Empty(
        from folder in new[] { "src", "tests", "benchmarks", "experiments" }
        from file in Directory.EnumerateFiles(Path.Combine(Approved.Repository, folder), "*.cs", SearchOption.AllDirectories)
        where !file.Split(Path.DirectorySeparatorChar).Any(p => p is "obj" or "bin" or "samples") && !file.EndsWith("Snippets.cs", StringComparison.Ordinal)
        from line in File.ReadLines(file).Index()
        where line.Item.Length > MaxColumns && !line.Item.Contains("<inheritdoc cref", StringComparison.Ordinal)
        select $"{Path.GetRelativePath(Approved.Repository, file)}:{line.Index + 1} has {line.Item.Length} columns");

    [Fact]
    public void Type_stands_in_at_most_two_files()
    {
        var spread = LayerTests.Sources.SelectMany(s => s.Files).Where(t => t.Value.Count > MaxFilesOfType).ToList();
        Assert.True(spread.Count == 0, string.Join('\n', spread.Select(t => $"{t.Key.Name} stands in {string.Join(", ", t.Value)}")));
    }

    [Fact]
    public void One_name_is_one_type()
    {
        // Twins with and without type parameters are one idea; Log is each folder's list of messages.
        var twice = LayerTests.Sources.SelectMany(s => s.Files.Select(f => (f.Key.Name, File: $"{s.Project}/{f.Value.First()}")))
            .Where(t => t.Name is not ("Log" or "Program")).GroupBy(t => t.Name).Where(g => g.Count() > 1).ToList();
        Assert.True(twice.Count == 0, string.Join('\n', twice.Select(g => $"{g.Key} stands in {string.Join(", ", g.Select(t => t.File))}")));
    }

    [Fact]
    public void Message_of_a_log_has_a_number_of_its_own()
    {
        var messages = (
            from sources in LayerTests.Sources
            from type in sources.Files
            from method in type.Key.Methods
            from attribute in method.CustomAttributes
            where attribute.AttributeType.Name == "LoggerMessageAttribute"
            select (Method: $"{type.Key.FullName}.{method.Name}", Number: attribute.ConstructorArguments.FirstOrDefault().Value as int?)).ToList();
        Assert.True(messages.Count > 30);
        Assert.DoesNotContain(messages, m => m.Number is null);
        Assert.Empty(messages.GroupBy(m => m.Number).Where(g => g.Count() > 1).Select(g => $"{g.Key}: {string.Join(", ", g.Select(m => m.Method))}"));
    }

    // An interpolated string asks the culture of the process how numbers with fractions, signs and dates look; Invariant($"…") and string.Create do not.
    [Fact]
    public void Text_does_not_follow_the_culture_of_the_process()
    {
        var following = (
            from sources in LayerTests.Sources
            from type in sources.Files
            from hole in Methods(type.Key).SelectMany(FollowingHoles)
            select $"{sources.Project}/{type.Value.First()}: {hole}").Distinct().Order(StringComparer.Ordinal).ToList();
        Assert.True(following.Count == 0, string.Join('\n', following));
    }

    private static IEnumerable<MethodDefinition> Methods(TypeDefinition type) =>
        type.Methods.Where(m => m.HasBody).Concat(type.NestedTypes.SelectMany(Methods));

    // Of strings that are put together without a culture of their own; strings in strings are put together within.
    private static List<string> FollowingHoles(MethodDefinition method)
    {
        var (open, found) = (new Stack<bool>(), new List<string>());
        foreach (var called in method.Body.Instructions.Select(i => i.Operand).OfType<MethodReference>())
        {
            var isHandler = called.DeclaringType.Name == "DefaultInterpolatedStringHandler";
            if (isHandler && called.Name == ".ctor")
            {
                open.Push(called.Parameters.Count > 2);
            }
            else if (open.Count > 0 && ((isHandler && called.Name == "ToStringAndClear") || (called.DeclaringType.Name == "String" && called.Name == "Create")))
            {
                open.Pop();
            }
            else if (called is GenericInstanceMethod { Name: "AppendFormatted", GenericArguments: [var hole] } && open.TryPeek(out var isGiven) && !isGiven
                && (_followsCulture.Contains(hole.FullName) || (called.Parameters.Count > 1 && hole.Name.Contains("Int", StringComparison.Ordinal))))
            {
                found.Add($"{method.Name} writes {hole.Name}");
            }
            else if ((called is GenericInstanceMethod { Name: "Join", GenericArguments: [var item] } && _followsCulture.Contains(item.FullName))
                || (called is { Name: "ToString", Parameters.Count: 0 } && _followsCulture.Contains(called.DeclaringType.FullName)
                    && called.DeclaringType.Name != "Object")
                || (called is { Name: "Concat", DeclaringType.Name: "String" }
                    && called.Parameters[0].ParameterType.Name.StartsWith("Object", StringComparison.Ordinal)))
            {
                found.Add($"{method.Name} calls {called.Name}");
            }
        }

        return found;
    }
}
