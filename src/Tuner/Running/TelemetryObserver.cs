namespace Tuning.Running;

/// <summary>Counts what happens in a session, for whoever listens.</summary>
internal sealed class TelemetryObserver(ExperimentTelemetry telemetry) : ISessionObserver
{
    private readonly DecisionReader _reader = new();
    private readonly List<Decision> _decisions = [];

    /// <inheritdoc/>
    public void Handled(ExperimentEvent happened, IReadOnlyList<ExperimentCommand> commands)
    {
        if (happened is ExperimentEvent.Reported { Report: var report })
        {
            telemetry.Reported(report);
        }

        for (var i = 0; i < commands.Count; i++)
        {
            switch (commands[i])
            {
                case ExperimentCommand.CreateTrial:
                    telemetry.Created();
                    break;
                case ExperimentCommand.EndTrial end:
                    telemetry.Ended(end.Status);
                    break;
            }
        }

        if (ExperimentTelemetry.CountsDecisions)
        {
            _decisions.Clear();
            _reader.Read(happened, commands, _decisions);
            _decisions.ForEach(telemetry.Made);
        }
    }
}
