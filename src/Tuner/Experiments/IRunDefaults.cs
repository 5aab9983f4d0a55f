namespace Tuning.Experiments;

/// <summary>What an application sets of <see cref="RunConfig"/> for all its experiments.</summary>
internal interface IRunDefaults
{
    /// <summary>The run with what it does not say itself.</summary>
    RunConfig Fill(RunConfig? run);
}
