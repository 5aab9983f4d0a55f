namespace Tuning.Learning;

/// <summary>What it takes to make a learner again, beside its module. As data, it stands in checkpoints.</summary>
/// <param name="Algorithm">The name of the algorithm.</param>
/// <param name="ClassName">The class of its learner in checkpoints, <c>PpoLearner</c> for example.</param>
/// <param name="Options">All options of the algorithm, by the names of experiment files.</param>
internal sealed record LearnerIdentity(string Algorithm, string ClassName, ParameterSet Options)
{
    /// <summary>What stands before the class of a learner of several policies.</summary>
    public const string SeveralPrefix = "MultiAgent";

    private const string SeveralKey = "multi_agent";

    /// <summary>Whether there are several policies, so that each has a part of the state.</summary>
    public bool HasSeveral => Options.TryGet(SeveralKey, out var several) && several is not null;

    /// <summary>The learner of one of several policies by itself.</summary>
    public LearnerIdentity OfOne() => this with { Options = ParameterSet.From(Options.Where(o => o.Key != SeveralKey)) };

    /// <summary>As the class of a component.</summary>
    public ComponentClass ToClass() =>
        new(HasSeveral ? SeveralPrefix + ClassName : ClassName, ParameterSet.From([new("algorithm", Algorithm), new("options", Options)]))
        {
            TensorFile = TensorFile,
        };

    /// <summary>The file of a learner's tensors.</summary>
    public const string TensorFile = "optimizer_state.safetensors";
}
