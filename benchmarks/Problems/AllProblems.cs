namespace Benchmarks.Problems;

/// <summary>Every problem by name.</summary>
internal static class AllProblems
{
    public static IReadOnlyList<Problem> All { get; } =
        [.. ReferenceProblems.Sequential, ReferenceProblems.NoisyHartmann, .. ReferenceProblems.Asynchronous, .. FurtherProblems.All];
}
