namespace Tuning.Modules;

/// <summary>A module whose weights this library holds: the base of the default ones and of <see cref="DifferentiableModule"/>.</summary>
public abstract class ManagedModule : RlModule
{
    private long _sequence;

    private protected ManagedModule(ModuleSpec spec)
        : base(spec.ObservationSize, spec.ActionDistribution) => Spec = spec;

    /// <summary>What the module was built for.</summary>
    public ModuleSpec Spec { get; }

    /// <inheritdoc/>
    public sealed override long WeightsSequenceNumber => Volatile.Read(ref _sequence);

    /// <summary>The weights, targets included, in the order in which they are saved.</summary>
    private protected abstract IEnumerable<ParameterBlock> Blocks { get; }

    /// <inheritdoc/>
    public sealed override IReadOnlyList<NamedTensor> GetState() => [.. Blocks.SelectMany(block => block.Read())];

    /// <inheritdoc/>
    public sealed override void SetState(IReadOnlyList<NamedTensor> state)
    {
        var tensors = TensorSet.Check(state, Blocks.SelectMany(block => block.Shapes()), "module state");
        foreach (var block in Blocks)
        {
            block.Write(tensors);
        }

        WeightsChanged();
    }

    /// <summary>Notes that the weights are others now.</summary>
    internal void WeightsChanged() => Interlocked.Increment(ref _sequence);

    /// <summary>Refuses networks that cannot be built.</summary>
    private protected static void CheckModels(ModuleSpec spec)
    {
        OptionSchema.Require(spec.Model);
        OptionSchema.Require(spec.QModel ?? spec.Model);
        if (spec.Hiddens.Any(size => size < 1))
        {
            throw new ArgumentException($"hiddens: is {TypeText.Show(ParameterSet.Normalize(spec.Hiddens))}; each must be at least 1.", nameof(spec));
        }
    }

    /// <summary>The workspace as the module's own, with room for what is asked.</summary>
    private protected TWorkspace Check<TWorkspace>(ReadOnlySpan<float> observations, int batch, int room, int outputSize, ModuleWorkspace workspace)
        where TWorkspace : OwnedWorkspace
    {
        ArgumentOutOfRangeException.ThrowIfNegative(batch);
        if (observations.Length < (long)batch * ObservationSize)
        {
            throw new ArgumentException($"{batch} observations of {ObservationSize} floats need {(long)batch * ObservationSize} floats; there are " +
                $"{observations.Length}.", nameof(observations));
        }

        return room >= (long)batch * outputSize
            ? Own<TWorkspace>(workspace)
            : throw new ArgumentException($"{batch} results of {outputSize} floats need room for {(long)batch * outputSize} floats; there are {room}.");
    }

    /// <summary>The workspace as the module's own.</summary>
    private protected TWorkspace Own<TWorkspace>(ModuleWorkspace workspace)
        where TWorkspace : OwnedWorkspace => workspace is TWorkspace own && ReferenceEquals(own.Owner, this)
        ? own
        : throw new ArgumentException($"The workspace was not made by this module's {nameof(CreateWorkspace)}.", nameof(workspace));
}
