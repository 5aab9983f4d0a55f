using System.Diagnostics;

namespace Tuning.Training;

/// <summary>What stands for the trainable where the user's own code asks for trials and runs them: it can be named and checked, and is never made.</summary>
internal sealed class AskAndTell : TrainableDefinition
{
    private AskAndTell()
    {
    }

    /// <summary>The one.</summary>
    public static AskAndTell Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "ask_and_tell";

    /// <inheritdoc/>
    public override bool Checkpoints => false;

    /// <inheritdoc/>
    public override ITrainable Create(IServiceProvider services) => throw new UnreachableException("The trials of a study are run by whoever asked for them.");
}
