namespace Tuning.Specification;

/// <summary>
/// Where a checkpoint is: a directory, or <c>{experiment: pretrain, trial: best, checkpoint: latest}</c>, which is what an earlier
/// experiment of the same file wrote when it ran.
/// </summary>
[JsonConverter(typeof(CheckpointSourceConverter))]
public sealed record CheckpointSource
{
    /// <summary>The directory; null when <see cref="Experiment"/> is given.</summary>
    public string? Directory { get; init; }

    /// <summary>The name of the experiment in the file; null when <see cref="Directory"/> is given.</summary>
    public string? Experiment { get; init; }

    /// <summary>The number of the trial; null is the best one.</summary>
    /// <value>Default null, in files <c>best</c>.</value>
    public int? Trial { get; init; }

    /// <summary>Which of the trial's checkpoints: <c>latest</c>, <c>best</c> (by the checkpoint score, else the latest), or its number.</summary>
    /// <value>Default <c>latest</c>.</value>
    public string Checkpoint { get; init; } = "latest";

    /// <summary>Whether it is what another experiment of this invocation wrote.</summary>
    [JsonIgnore]
    public bool IsExperiment => Experiment is not null;
}

internal sealed class CheckpointSourceConverter : JsonConverter<CheckpointSource>, IValueForm
{
    public string Form => "the path of a checkpoint";

    public override CheckpointSource Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return new() { Directory = reader.GetString() };
        }

        using var document = JsonDocument.ParseValue(ref reader);
        if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("experiment", out var experiment))
        {
            throw new JsonException("It must be the path of a checkpoint, or {experiment: NAME, trial: best, checkpoint: latest}.");
        }

        var source = new CheckpointSource { Experiment = experiment.GetString() ?? throw new JsonException("'experiment' is the name of an experiment.") };
        foreach (var property in document.RootElement.EnumerateObject())
        {
            source = (property.Name, property.Value.ValueKind) switch
            {
                ("experiment", JsonValueKind.String) => source,
                ("trial", JsonValueKind.String) when property.Value.GetString() == "best" => source,
                ("trial", JsonValueKind.Number) when property.Value.TryGetInt32(out var trial) && trial >= 0 => source with { Trial = trial },
                ("checkpoint", JsonValueKind.String) when property.Value.GetString() is "latest" or "best" =>
                    source with { Checkpoint = property.Value.GetString()! },
                ("checkpoint", JsonValueKind.Number) when property.Value.TryGetInt32(out var number) && number >= 0 =>
                    source with { Checkpoint = number.ToString() },
                ("trial", _) => throw new JsonException("'trial' is 'best' or the number of a trial."),
                ("checkpoint", _) => throw new JsonException("'checkpoint' is 'latest', 'best' or the number of a checkpoint."),
                ("experiment", _) => throw new JsonException("'experiment' is the name of an experiment."),
                _ => throw new JsonException($"'{property.Name}' is unknown; a path takes experiment, trial and checkpoint."),
            };
        }

        return source;
    }

    public override void Write(Utf8JsonWriter writer, CheckpointSource value, JsonSerializerOptions options)
    {
        if (value.Experiment is null)
        {
            writer.WriteStringValue(value.Directory);
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("experiment", value.Experiment);
        if (value.Trial is { } trial)
        {
            writer.WriteNumber("trial", trial);
        }
        else
        {
            writer.WriteString("trial", "best");
        }

        if (int.TryParse(value.Checkpoint, out var number))
        {
            writer.WriteNumber("checkpoint", number);
        }
        else
        {
            writer.WriteString("checkpoint", value.Checkpoint);
        }

        writer.WriteEndObject();
    }
}
