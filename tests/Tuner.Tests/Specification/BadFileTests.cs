using Tuning.Specification;
using Tuning.Testing;

namespace Tuning.Tests.Specification;

/// <summary>Every bad file gets all of its errors at once, in words that were approved.</summary>
public sealed class BadFileTests
{
    private const string Folder = "tests/Tuner.Tests/Specification/Bad";

    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(Path.Combine(Approved.Repository, Folder), "*.yaml").Select(f => Path.GetFileNameWithoutExtension(f))
            .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Bad_file_gets_its_approved_errors(string name)
    {
        var path = Path.Combine(Approved.Repository, Folder, name + ".yaml");

        var result = ExperimentFile.Read(path, FakeAlgorithm.Catalog().AddTrainable(Trainable.FromFunction<Typed>("typed", _ => new Metrics())));

        Assert.False(result.IsValid);
        Assert.Empty(result.Experiments);
        var text = string.Join("\n", result.Problems).Replace(path, name + ".yaml", StringComparison.Ordinal)
            .Replace(Approved.Repository, "…", StringComparison.Ordinal);
        Approved.Matches($"{Folder}/{name}.approved.txt", text);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Errors_do_not_follow_the_culture_of_the_process(string name)
    {
        using var german = new GermanCulture();
        Bad_file_gets_its_approved_errors(name);
    }

    internal sealed record Typed(double Lr, int Layers = 1, string Optimizer = "sgd", bool Nesterov = false, TypedModel? Model = null);

    internal sealed record TypedModel(int[] Hiddens);

    [Fact]
    public void At_least_thirty_bad_files_are_there() => Assert.True(Files.Count >= 30);
}
