using Tuning.Checkpointing;

namespace Tuning.Server;

/// <summary>
/// Who was handed which trials: a line for each ask, written before it is answered. So an ask that is repeated after the server was killed brings
/// the same trials, and a trial that the study began without anybody having been told of it goes to the next who asks.
/// </summary>
/// <remarks>Used under the lock of its owner.</remarks>
internal sealed class AskLog : IDisposable
{
    public const string FileName = "asks.jsonl";

    private const int LongestLine = 1 << 20;

    private readonly Microsoft.Win32.SafeHandles.SafeFileHandle? _file;
    private long _end;

    /// <param name="directory">The study's; null in memory.</param>
    public AskLog(string? directory)
    {
        if (directory is null)
        {
            return;
        }

        var path = Path.Combine(directory, FileName);
        _file = OwnFiles.Open(path, FileMode.OpenOrCreate);
        foreach (var line in Lines(path))
        {
            // The last line may be torn: nobody was told of what it says.
            if (Parse(line) is not { } asked)
            {
                break;
            }

            Earlier.Add(asked);
            _end += Encoding.UTF8.GetByteCount(line) + 1;
        }

        RandomAccess.SetLength(_file, _end);
    }

    /// <summary>What earlier servers of the study handed out, oldest first.</summary>
    public List<Asked> Earlier { get; } = [];

    /// <summary>Notes an ask.</summary>
    public void Add(Asked asked)
    {
        if (_file is null)
        {
            return;
        }

        var line = JsonSerializer.SerializeToUtf8Bytes(asked, AskLogJson.Default.Asked);
        byte[] whole = [.. line, (byte)'\n'];
        RandomAccess.Write(_file, whole, _end);
        _end += whole.Length;
    }

    public void Dispose() => _file?.Dispose();

    private static IEnumerable<string> Lines(string path)
    {
        using var reader = new StreamReader(OwnFiles.OpenRead(path));
        var text = new StringBuilder();
        for (int read; (read = reader.Read()) >= 0 && text.Length < LongestLine;)
        {
            if (read != '\n')
            {
                text.Append((char)read);
                continue;
            }

            yield return text.ToString();
            text.Clear();
        }
    }

    private static Asked? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, AskLogJson.Default.Asked);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>An ask that was answered.</summary>
/// <param name="Request">The name that the client gave it, so that it can be repeated; null for none.</param>
/// <param name="Count">How many trials were asked for.</param>
/// <param name="Lease">After how many seconds without a word they are given up; null for never.</param>
/// <param name="Client">Who asked, as it calls itself; null where it does not.</param>
/// <param name="Trials">Number and attempt of each trial.</param>
internal sealed record Asked(string? Request, int Count, double? Lease, string? Client, ImmutableArray<Handle> Trials);

/// <summary>A trial as it was handed out.</summary>
internal readonly record struct Handle(int Trial, int Attempt);

/// <summary>How asks are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Asked))]
internal sealed partial class AskLogJson : JsonSerializerContext;
