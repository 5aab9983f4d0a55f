namespace Tuning.Modules;

/// <summary>What it takes to make a module again: its registered name and what it was built for. As data, it stands in checkpoints.</summary>
/// <param name="Name">The name in <see cref="ModuleRegistry"/>.</param>
/// <param name="Spec">What it was built for.</param>
internal sealed record ModuleIdentity(string Name, ModuleSpec Spec)
{
    /// <summary>As configuration.</summary>
    public ParameterSet ToParameters()
    {
        var parameters = ParameterSet.From(
        [
            new("observation_size", Spec.ObservationSize),
            new("action_distribution", Spec.ActionDistribution.Name),
            new("model", ConfigurationBinder.ToParameters(Spec.Model)),
        ]);
        parameters = Spec.QModel is { } q ? parameters.With("q_model", ConfigurationBinder.ToParameters(q)) : parameters;
        parameters = Spec.TwinQ ? parameters.With("twin_q", true) : parameters;
        parameters = Spec.Hiddens.Count > 0 ? parameters.With("hiddens", Spec.Hiddens) : parameters;
        return Spec.Dueling ? parameters.With("dueling", true) : parameters;
    }

    /// <summary>Reads what <see cref="ToParameters"/> gave.</summary>
    /// <exception cref="CheckpointException">It is something else.</exception>
    public static ModuleIdentity Parse(string name, ParameterSet arguments)
    {
        try
        {
            return new(name, new(
                arguments.Get<int>("observation_size"),
                ParseDistribution(arguments.Get<string>("action_distribution")),
                arguments.Get<ModelOptions>("model"))
            {
                QModel = arguments.TryGet("q_model", out _) ? arguments.Get<ModelOptions>("q_model") : null,
                TwinQ = arguments.TryGet("twin_q", out _) && arguments.Get<bool>("twin_q"),
                Hiddens = arguments.Get<int[]>("hiddens", []),
                Dueling = arguments.TryGet("dueling", out _) && arguments.Get<bool>("dueling"),
            });
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or KeyNotFoundException or InvalidCastException or FormatException
            or OverflowException)
        {
            throw new CheckpointException($"The arguments of the module '{name}' in the checkpoint cannot be read: {e.Message}", e);
        }
    }

    private static ActionDistribution ParseDistribution(string text)
    {
        var open = text.IndexOf('(', StringComparison.Ordinal);
        if (open > 0 && text.EndsWith(')'))
        {
            var sizes = text[(open + 1)..^1].Split(", ").Select(s => int.Parse(s, CultureInfo.InvariantCulture)).ToArray();
            switch (text[..open])
            {
                case "categorical" when sizes.Length == 1:
                    return ActionDistribution.Categorical(sizes[0]);
                case "multi_categorical":
                    return ActionDistribution.MultiCategorical(sizes);
                case "diagonal_gaussian" when sizes.Length == 1:
                    return ActionDistribution.DiagonalGaussian(sizes[0]);
                case "squashed_gaussian" when sizes.Length == 1:
                    return ActionDistribution.SquashedGaussian(sizes[0]);
                default:
                    break;
            }
        }

        throw new FormatException(
            $"'{text}' is no distribution of actions; there are: categorical(n), multi_categorical(n, m), diagonal_gaussian(n), squashed_gaussian(n).");
    }
}
