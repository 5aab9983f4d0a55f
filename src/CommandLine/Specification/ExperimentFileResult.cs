namespace Tuning.Specification;

/// <summary>What an experiment file says, or everything that is wrong with it.</summary>
public sealed record ExperimentFileResult
{
    /// <summary>The experiments in the order of the file; empty when there is any problem.</summary>
    public ImmutableArray<ExperimentSpec> Experiments { get; init; } = [];

    /// <summary>Everything that is wrong, in the order of the file.</summary>
    public ImmutableArray<SpecificationProblem> Problems { get; init; } = [];

    /// <summary>What is worth saying but does not hinder: each once.</summary>
    public ImmutableArray<SpecificationProblem> Notices { get; init; } = [];

    /// <summary>Whether the experiments can be run.</summary>
    public bool IsValid => Problems.IsEmpty;
}
