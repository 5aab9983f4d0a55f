using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using Tuning.Results;

namespace Tuning.Testing;

/// <summary>
/// Everything that results say, as text: every member of the grid and of its trials, found by reflection, so that a new one is compared as soon as it
/// exists. Two grids that print the same are the same to whoever asks them.
/// </summary>
public static class ResultText
{
    private const BindingFlags Members = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>The text of a grid.</summary>
    public static async Task<string> OfAsync(ResultGrid results)
    {
        ArgumentNullException.ThrowIfNull(results);
        var text = new StringBuilder();
        Write(text, "", results);
        foreach (var decision in results.Decisions())
        {
            text.Append(CultureInfo.InvariantCulture, $"{decision}\n");
        }

        text.AppendJoin('\n', results.Importance()).Append('\n');
        text.AppendJoin('\n', results.ToTable().Rows.Select(r => string.Join(" | ", r.Select(Text)))).Append('\n');
        foreach (var trial in results)
        {
            Write(text, $"{trial.Id} ", trial);
            text.Append(CultureInfo.InvariantCulture, $"checkpoints {string.Join(", ", trial.Checkpoints().Select(c => c.Path))}\n");
            foreach (var row in await trial.ReadHistoryAsync())
            {
                text.Append(CultureInfo.InvariantCulture, $"{row.Report} {row.TrainingIteration} {row.At:O} {row.TimeTotal} {row.Metrics}\n");
            }
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, string prefix, object item)
    {
        foreach (var property in item.GetType().GetProperties(Members)
            .Where(p => p.GetIndexParameters().Length == 0 && !typeof(ExperimentRecord).IsAssignableFrom(p.PropertyType)))
        {
            text.Append(CultureInfo.InvariantCulture, $"{prefix}{property.Name}: {Text(property.GetValue(item))}\n");
        }
    }

    private static string Text(object? value) => value switch
    {
        null => "null",
        string text => text,
        DateTimeOffset at => at.ToString("O", CultureInfo.InvariantCulture),
        CheckpointDirectory directory => directory.Path,
        SearchSpace space => string.Join(", ", space.Domains.Select(d => $"{d.Key}={d.Value}")),
        Training.TrainableVocabulary vocabulary => string.Join(", ", vocabulary.Metrics.OrderBy(m => m.Key, StringComparer.Ordinal)),
        TrialResult trial => trial.Id.ToString(),
        ParameterSet or Metrics => value.ToString()!,
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(Text))}]",
        _ => value.ToString()!,
    };
}
