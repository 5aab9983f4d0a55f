using CsvHelper;

namespace Tuning.Simulation;

public sealed partial class CurveTable
{
    private const string ConfigPrefix = "config/";

    /// <summary>
    /// The learning curves of an earlier experiment, from its journal: one per trial that reported, with the seconds that each iteration
    /// took. A trial that took over another's state counts until then. The experiment may be running.
    /// </summary>
    /// <param name="directory">The experiment's directory.</param>
    /// <param name="objectives">What the curves are about; empty leaves it to the experiment.</param>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    /// <exception cref="ArgumentException">No trial has reported.</exception>
    public static CurveTable FromExperiment(string directory, params ImmutableArray<Objective> objectives)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        var steps = new Dictionary<TrialId, ImmutableArray<CurveStep>.Builder>();
        using var reader = new JournalReader(OwnFiles.Resolve(directory));
        var state = reader.ReadState(ExperimentSpec.FromJson(reader.Header.Specification).ToPlan(), before: Collect);
        var curves = steps.OrderBy(t => t.Key).Select(t => new RecordedCurve(state.Trials.Find(t.Key).FirstConfig, t.Value.ToImmutable())).ToList();
        return curves.Count > 0
            ? new(curves, objectives)
            : throw new ArgumentException($"No trial of {directory} has reported, so it has no learning curves.", nameof(directory));

        void Collect(JournalEntry entry, ExperimentState state)
        {
            if (entry.Event is ExperimentEvent.Reported { Report: var report } && state.Trials.Find(report.Trial).Takeover is null)
            {
                (CollectionsMarshal.GetValueRefOrAddDefault(steps, report.Trial, out _) ??= ImmutableArray.CreateBuilder<CurveStep>())
                    .Add(new(report.TimeThisIteration, report.Metrics));
            }
        }
    }

    /// <summary>
    /// Learning curves from a CSV file with a header. The columns <c>config/lr</c>, <c>config/model/width</c> … are the configuration; <c>seconds</c>
    /// is how long the step took; <c>trial_id</c>, where it stands, tells trials of the same configuration apart; all others are metrics.
    /// Rows of one configuration (and trial) are its steps, in the order of the file. Empty cells are left out.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="objectives">What the curves are about; empty leaves it to the experiment.</param>
    /// <exception cref="FormatException">The file is not such a one; the message has the line.</exception>
    public static CurveTable Load(string path, params ImmutableArray<Objective> objectives)
    {
        using var reader = new StreamReader(OwnFiles.OpenRead(OwnFiles.Resolve(path)));
        return Read(reader, path, objectives);
    }

    /// <summary>The same, from text that is open already.</summary>
    internal static CurveTable Read(TextReader reader, string path, ImmutableArray<Objective> objectives)
    {
        using var csv = CsvReader.Create(reader, new CsvReaderOptions { Separator = ',', HasHeader = false, SkipEmptyLines = true, TrackLineNumbers = true });
        var header = csv.Read() ? Fields() : throw new FormatException($"{path} is empty; its first line must name the columns.");
        var seconds = header.IndexOf("seconds");
        if (seconds < 0 || !header.Exists(IsConfig))
        {
            throw new FormatException($"{path}, line 1: needs a column 'seconds' and at least one 'config/<parameter>'; it has {string.Join(", ", header)}.");
        }

        var trial = header.IndexOf("trial_id");
        var curves = new OrderedDictionary<(ParameterSet, string), ImmutableArray<CurveStep>.Builder>();
        while (csv.Read())
        {
            var (line, fields) = (csv.LineNumber, Fields());
            if (fields.Count != header.Count)
            {
                throw new FormatException($"{path}, line {line}: has {fields.Count} cells; the header has {header.Count}.");
            }

            if (CsvText.Value(fields[seconds]) is not (double or long) || Convert.ToDouble(CsvText.Value(fields[seconds]), CultureInfo.InvariantCulture)
                is not (>= 0 and <= VirtualTime.LongestSeconds and var taken))
            {
                throw new FormatException($"{path}, line {line}: seconds is '{fields[seconds]}'; it must be a number, at least 0.");
            }

            var (config, metrics) = (ParameterSet.Empty, new Metrics());
            for (var i = 0; i < header.Count; i++)
            {
                var value = CsvText.Value(fields[i]);
                if (IsConfig(header[i]))
                {
                    config = value is null ? config : config.With(header[i][ConfigPrefix.Length..].Replace('/', '.'), value);
                }
                else if (i != seconds && i != trial && value is not null)
                {
                    metrics[header[i]] = CsvText.Metric(value);
                }
            }

            var key = (config, trial < 0 ? "" : fields[trial]);
            if (!curves.TryGetValue(key, out var steps))
            {
                curves.Add(key, steps = ImmutableArray.CreateBuilder<CurveStep>());
            }

            steps.Add(new(taken, metrics));
        }

        return curves.Count > 0
            ? new(curves.Select(c => new RecordedCurve(c.Key.Item1, c.Value.ToImmutable())), objectives)
            : throw new FormatException($"{path} has no rows.");

        List<string> Fields() => [.. Enumerable.Range(0, csv.FieldCount).Select(csv.GetString)];
    }

    private static bool IsConfig(string column) => column.StartsWith(ConfigPrefix, StringComparison.Ordinal) && column.Length > ConfigPrefix.Length;
}
