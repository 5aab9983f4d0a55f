using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Tuning.Loggers.TensorBoard.Messages;

namespace Tuning.Loggers.TensorBoard;

/// <summary>
/// The summaries that TensorBoard's HPARAMS tab reads, written when a trial has ended: which parameters and metrics there are, this
/// trial's values, and how it ended.
/// </summary>
/// <remarks>
/// TensorBoard takes the columns of the tab from the first trial that it finds. So every trial describes all parameters of the
/// search space, also those that it does not have itself.
/// </remarks>
internal static class Hyperparameters
{
    private const string PluginName = "hparams";
    private const string TagPrefix = "_hparams_/";

    /// <summary>Whether this is one of the summaries that <see cref="Events"/> makes, not a report.</summary>
    public static bool IsSummary(Summary summary) => summary.Value.Count > 0 && summary.Value[0].Metadata?.PluginData?.PluginName == PluginName;

    /// <summary>The three events; none when no parameter was searched or nothing was reported.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="trial">The trial, ended.</param>
    /// <param name="scalarTags">The tags of the scalars of its last report.</param>
    public static IEnumerable<Event> Events(ExperimentInfo experiment, TrialView trial, IReadOnlyList<string> scalarTags)
    {
        var parameters = new SortedDictionary<string, Value>(StringComparer.Ordinal);
        foreach (var path in trial.SearchedPaths)
        {
            Flatten(path, trial.Config.TryGet(path, out var value) ? value : null, parameters);
        }

        var infos = HyperparameterInfos.Of(experiment.Domains, parameters);
        if (infos.Count == 0 || scalarTags.Count == 0)
        {
            yield break;
        }

        var description = new Experiment { Name = experiment.Name };
        description.HparamInfos.AddRange(infos);

        // The objective first: the tab shows its metrics in this order.
        var objectives = experiment.Objectives.Select(o => EventWriter.TagPrefix + o.Metric).Where(scalarTags.Contains).ToArray();
        description.MetricInfos.AddRange(objectives.Concat(scalarTags.Except(objectives)).Select(t => new MetricInfo { Name = new MetricName { Tag = t } }));

        var start = new SessionStartInfo { StartTimeSecs = EventWriter.Seconds(trial.StartedAt ?? trial.CreatedAt) };
        foreach (var (name, value) in parameters)
        {
            start.Hparams.Add(name, value);
        }

        var endedAt = trial.EndedAt ?? trial.StartedAt ?? trial.CreatedAt;
        var end = new SessionEndInfo
        {
            EndTimeSecs = EventWriter.Seconds(endedAt),
            Status = trial.Status == TrialStatus.Failed ? Status.Failure : Status.Success
        };
        yield return Make("experiment", new HParamsPluginData { Experiment = description }, endedAt);
        yield return Make("session_start_info", new HParamsPluginData { SessionStartInfo = start }, endedAt);
        yield return Make("session_end_info", new HParamsPluginData { SessionEndInfo = end }, endedAt);
    }

    /// <summary>Adds a value, or the leaves of a map by their paths.</summary>
    public static void Flatten(string path, object? value, SortedDictionary<string, Value> into)
    {
        switch (value)
        {
            case ParameterSet branch:
                foreach (var (inner, leaf) in branch.Flatten())
                {
                    Flatten(path + "." + inner, leaf, into);
                }

                break;
            case bool flag:
                into[path] = Value.ForBool(flag);
                break;
            case long whole:
                into[path] = Value.ForNumber(whole);
                break;
            case double real:
                into[path] = Value.ForNumber(real);
                break;
            case null:
                // A parameter that this trial does not have: its cell stays empty.
                break;
            default:
                into[path] = Value.ForString(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static Event Make(string name, HParamsPluginData data, DateTimeOffset at)
    {
        var value = new Summary.Types.Value
        {
            Tag = TagPrefix + name,
            Metadata = new SummaryMetadata
            {
                PluginData = new SummaryMetadata.Types.PluginData { PluginName = PluginName, Content = data.ToByteString() },
                DataClass = DataClass.Tensor,
            },
            Tensor = new TensorProto
            {
                Dtype = TensorProto.Types.ElementType.DtFloat,
                TensorShape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dim { Size = 0 } } },
            },
        };
        return new Event { WallTime = EventWriter.Seconds(at), Summary = new Summary { Value = { value } } };
    }
}
