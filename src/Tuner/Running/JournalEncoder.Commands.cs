using System.Diagnostics;

namespace Tuning.Running;

/// <content>The commands of a line: <c>["word",trial,…]</c>.</content>
internal sealed partial class JournalEncoder
{
    private void WriteCommand(ExperimentCommand command, ExperimentEvent happened)
    {
        switch (command)
        {
            case ExperimentCommand.Answer answer:
                Word("answer"u8, answer.Trial);
                Item(answer.Report);
                Item(answer.IsPruning ? JournalWords.Prune : JournalWords.Of(answer.Verdict));
                buffer.Raw(answer.Save ? ",true"u8 : ",false"u8);
                Item(answer.Reason);
                break;
            case ExperimentCommand.CreateTrial create:
                Word("create"u8, create.Trial);
                Item(create.Suggestion);
                if (happened is ExperimentEvent.SuggestionReady { Suggestion: Suggestion.Configure suggested } && suggested.Config.Equals(create.Config))
                {
                    break; // the configuration stands in the same line
                }

                buffer.Raw(","u8);
                Parameters(create.Config);
                break;
            case ExperimentCommand.StartTrial start:
                Word("start"u8, start.Trial);
                if (start.From is { } from)
                {
                    buffer.Raw(","u8);
                    Checkpoint(from);
                }

                if (start.Reason is { } why)
                {
                    Item(why);
                }

                break;
            case ExperimentCommand.EndTrial end:
                Word("end"u8, end.Trial);
                Item(end.Status == TrialStatus.Failed ? "failed" : "terminated");
                Item(end.Reason);
                break;
            case ExperimentCommand.DeleteCheckpoint delete:
                buffer.Raw("[\"delete\","u8);
                Checkpoint(delete.Checkpoint);
                break;
            case ExperimentCommand.Redirect redirect:
                Word("redirect"u8, redirect.Trial);
                Item(JournalWords.Of(redirect.Verdict));
                Item(redirect.Reason);
                break;
            case ExperimentCommand.PlanExploit plan:
                Word("exploit"u8, plan.Trial);
                Item(plan.Source.Number);
                buffer.Raw(","u8);
                Parameters(plan.Config);
                break;
            case ExperimentCommand.AdoptCheckpoint adopt:
                Word("adopt"u8, adopt.Trial);
                buffer.Raw(","u8);
                Checkpoint(adopt.Source);
                break;
            case ExperimentCommand.AbandonExploit abandon:
                Word("abandon"u8, abandon.Trial);
                Item(abandon.Reason);
                break;
            case ExperimentCommand.RequestSave save:
                Word("save"u8, save.Trial);
                Item(save.Reason);
                break;
            case ExperimentCommand.RetryTrial retry:
                Word("retry"u8, retry.Trial);
                Item(retry.Failures);
                Item(retry.Reason);
                break;
            case ExperimentCommand.StopExperiment stop:
                buffer.Raw("[\"stop\""u8);
                Item(stop.Reason);
                break;
            case ExperimentCommand.FinishExperiment finish:
                buffer.Raw("[\"finish\""u8);
                Item(finish.Reason);
                if (finish.IsError)
                {
                    buffer.Raw(",true"u8);
                }

                break;
            case ExperimentCommand.SuspendExperiment suspend:
                buffer.Raw("[\"suspend\""u8);
                Item(suspend.Reason);
                break;
            default:
                throw new UnreachableException($"The journal has no form for {command.GetType().Name}.");
        }

        buffer.Raw("]"u8);
    }

    private void Word(ReadOnlySpan<byte> word, TrialId trial)
    {
        buffer.Raw("[\""u8);
        buffer.Raw(word);
        buffer.Raw("\","u8);
        buffer.Whole(trial.Number);
    }
}
