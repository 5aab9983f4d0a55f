namespace Tuning.Running;

/// <content>The commands of a line: <c>["word",trial,…]</c>.</content>
internal sealed partial class JournalDecoder
{
    private ExperimentCommand ReadCommand(ref Utf8JsonReader reader)
    {
        reader.Read();
        var word = reader.GetString();
        reader.Read();
        ExperimentCommand command;
        switch (word)
        {
            case "stop":
                command = new ExperimentCommand.StopExperiment(reader.GetString()!);
                break;
            case "finish":
                var reason = reader.GetString()!;
                reader.Read();
                if (reader.TokenType == JsonTokenType.EndArray)
                {
                    return new ExperimentCommand.FinishExperiment(reason);
                }

                command = new ExperimentCommand.FinishExperiment(reason, reader.GetBoolean());
                break;
            case "suspend":
                command = new ExperimentCommand.SuspendExperiment(reader.GetString()!);
                break;
            case "delete":
                command = new ExperimentCommand.DeleteCheckpoint(Checkpoint(ref reader));
                break;
            default:
                return ReadTrialCommand(ref reader, word, new TrialId(reader.GetInt32()));
        }

        Next(ref reader, JsonTokenType.EndArray);
        return command;
    }

    private ExperimentCommand ReadTrialCommand(ref Utf8JsonReader reader, string? word, TrialId trial)
    {
        reader.Read();
        ExperimentCommand command;
        switch (word)
        {
            case "answer":
                var report = reader.GetInt32();
                var told = NextText(ref reader);
                reader.Read();
                var save = reader.GetBoolean();
                command = new ExperimentCommand.Answer(trial, report, JournalWords.ToVerdict(told), save,
                    NextText(ref reader))
                { IsPruning = told == JournalWords.Prune };
                break;
            case "create":
                var suggestion = reader.GetInt64();
                reader.Read();
                if (reader.TokenType == JsonTokenType.EndArray)
                {
                    return new ExperimentCommand.CreateTrial(trial, suggestion, _config ?? throw new FormatException("a trial without a configuration"));
                }

                command = new ExperimentCommand.CreateTrial(trial, suggestion, Parameters(ref reader));
                break;
            case "start":
                return ReadStart(ref reader, trial);
            case "end":
                var status = reader.ValueTextEquals("failed"u8) ? TrialStatus.Failed : TrialStatus.Terminated;
                command = new ExperimentCommand.EndTrial(trial, status, NextText(ref reader)!);
                break;
            case "redirect":
                command = new ExperimentCommand.Redirect(trial, JournalWords.ToVerdict(reader.GetString()), NextText(ref reader)!);
                break;
            case "exploit":
                var source = new TrialId(reader.GetInt32());
                reader.Read();
                command = new ExperimentCommand.PlanExploit(trial, source, Parameters(ref reader));
                break;
            case "adopt":
                command = new ExperimentCommand.AdoptCheckpoint(trial, Checkpoint(ref reader));
                break;
            case "abandon":
                command = new ExperimentCommand.AbandonExploit(trial, reader.GetString()!);
                break;
            case "save":
                command = new ExperimentCommand.RequestSave(trial, reader.GetString()!);
                break;
            case "retry":
                var failures = reader.GetInt32();
                command = new ExperimentCommand.RetryTrial(trial, failures, NextText(ref reader)!);
                break;
            default:
                throw new FormatException($"'{word}' is no command of this format");
        }

        Next(ref reader, JsonTokenType.EndArray);
        return command;
    }

    // Checkpoint and reason follow where there are any.
    private static ExperimentCommand.StartTrial ReadStart(ref Utf8JsonReader reader, TrialId trial)
    {
        CheckpointRef? from = null;
        if (reader.TokenType == JsonTokenType.Number)
        {
            from = Checkpoint(ref reader);
            reader.Read();
        }

        string? reason = null;
        if (reader.TokenType == JsonTokenType.String)
        {
            reason = reader.GetString();
            reader.Read();
        }

        return reader.TokenType == JsonTokenType.EndArray
            ? new(trial, from, reason)
            : throw new FormatException($"{JsonTokenType.EndArray} expected, {reader.TokenType} found");
    }
}
