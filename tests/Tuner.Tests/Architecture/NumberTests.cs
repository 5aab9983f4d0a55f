using System.Text.RegularExpressions;

namespace Tuning.Tests.Architecture;

/// <summary>Numbers look the same wherever a person reads them.</summary>
public sealed partial class NumberTests
{
    [Fact]
    public void Only_one_class_rounds_numbers_to_digits()
    {
        var others =
            from file in SourceTree.Files("src/Tuner").Concat(SourceTree.Files("src/CommandLine"))
            where !file.EndsWith("Values/NumberText.cs", StringComparison.Ordinal)
            from Match match in Rounding().Matches(File.ReadAllText(file))
            select $"{SourceTree.Relative(file)}: {match.Value}";

        Assert.Empty(others);
    }

    [GeneratedRegex("""\{[^{}"]*:[GgEe][0-9]*\}|"[GgEe][0-9]+"|"0\.#+e""")]
    private static partial Regex Rounding();
}
