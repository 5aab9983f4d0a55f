using Microsoft.AspNetCore.Http;

namespace Tuning.Server.Web;

/// <summary>The JSON object that a request brings, read key by key; what is left in the end is unknown. All that is wrong is said at once.</summary>
internal sealed class JsonRequest : IDisposable
{
    /// <summary>The most bytes that a body may have.</summary>
    public const int LongestBody = 1 << 20;

    private readonly JsonDocument _document;
    private readonly List<BodyError> _errors = [];
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    private JsonRequest(JsonDocument document) => _document = document;

    /// <summary>Reads a body.</summary>
    /// <exception cref="ProblemException">It is not declared as JSON, is none, is no object, or is too long.</exception>
    public static async Task<JsonRequest> ReadAsync(HttpContext context)
    {
        if (!IsJson(context.Request.ContentType))
        {
            throw new ProblemException(StatusCodes.Status415UnsupportedMediaType, "content-type",
                $"Content-Type is {(context.Request.ContentType is { } given ? $"'{given}'" : "not given")}; it must be application/json.");
        }

        if (context.Request.ContentLength > LongestBody)
        {
            throw TooLong();
        }

        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        for (int read; (read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted).ConfigureAwait(false)) > 0;)
        {
            body.Write(buffer, 0, read);
            if (body.Length > LongestBody)
            {
                throw TooLong();
            }
        }

        var bytes = body.GetBuffer().AsSpan(0, (int)body.Length);
        return new(ReportText.Parse(bytes) ?? throw new ProblemException(StatusCodes.Status400BadRequest, "no-json",
            body.Length == 0 ? "The body is empty; it must be a JSON object, {} at least." : "The body is no JSON object in UTF-8, each key once."));
    }

    /// <summary>A whole number.</summary>
    public long? Whole(string key, long least, long most, bool isRequired = false) => Value(key, isRequired) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt64(out var number) && number >= least && number <= most => number,
        var value => Wrong<long>(key, value.Value, Invariant($"a whole number from {least} to {most}")),
    };

    /// <summary>A number.</summary>
    public double? Number(string key, double least, double most) => Value(key, false) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value when value.GetDouble() is var number && number >= least && number <= most => number,
        var value => Wrong<double>(key, value.Value, Invariant($"a number from {least} to {most}")),
    };

    /// <summary>A text of 1 to <paramref name="longest"/> characters.</summary>
    public string? Text(string key, int longest) => Value(key, false) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value when value.GetString() is { Length: > 0 } text && text.Length <= longest => text,
        var value => WrongText(key, value.Value, $"a text of 1 to {longest} characters"),
    };

    /// <summary>Metrics: an object.</summary>
    public Metrics? Metrics(string key)
    {
        if (Value(key, false) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            WrongText(key, value, "an object of metrics");
            return null;
        }

        try
        {
            var metrics = ReportText.Metrics(value, out var ignored);
            _errors.AddRange(ignored.Select(name => new BodyError($"/{key}/{name}", $"'{name}' is a list; a metric is a number, a flag or a text.")));
            if (metrics.Count == 0 && ignored.Count == 0)
            {
                _errors.Add(new("/" + key, $"'{key}' holds no metric."));
            }

            return metrics;
        }
        catch (FormatException e)
        {
            _errors.Add(new("/" + key, e.Message));
            return null;
        }
    }

    /// <summary>Numbers: a list, or one alone. NaN and its like are numbers, also as texts.</summary>
    public IReadOnlyList<double>? Numbers(string key, bool isList)
    {
        if (Value(key, false) is not { } value)
        {
            return null;
        }

        var elements = !isList ? [value] : value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().ToArray() : [];
        var numbers = elements.Select(NumberOf).OfType<double>().ToList();
        if (numbers.Count != elements.Length || numbers.Count == 0)
        {
            WrongText(key, value, isList ? "a list of numbers" : "a number");
            return null;
        }

        return numbers;
    }

    /// <summary>Something else is wrong.</summary>
    public void Add(string key, string detail) => _errors.Add(new("/" + key, detail));

    /// <summary>All has been read.</summary>
    /// <exception cref="ProblemException">Something is wrong, or a key unknown.</exception>
    public void Close()
    {
        foreach (var property in _document.RootElement.EnumerateObject())
        {
            if (!_known.Contains(property.Name))
            {
                var name = property.Name.Length > 60 ? property.Name[..60] + "…" : property.Name;
                _errors.Add(new("/" + name, $"'{name}' is no key of this request.{NearestName.For(name, _known, "keys")}"));
            }
        }

        if (_errors.Count > 0)
        {
            throw new ProblemException(
                StatusCodes.Status422UnprocessableEntity, "invalid-body", string.Join(" ", _errors.Take(20).Select(e => e.Detail)), _errors);
        }
    }

    public void Dispose() => _document.Dispose();

    private static double? NumberOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Number => element.GetDouble(),
        JsonValueKind.String => element.GetString() switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            _ => null,
        },
        _ => null,
    };

    private static bool IsJson(string? contentType)
    {
        var type = contentType?.Split(';')[0].Trim();
        return string.Equals(type, "application/json", StringComparison.OrdinalIgnoreCase);
    }

    private static ProblemException TooLong() => new(StatusCodes.Status413PayloadTooLarge, "too-long", $"The body is longer than {LongestBody} bytes.");

    private JsonElement? Value(string key, bool isRequired)
    {
        _known.Add(key);
        if (_document.RootElement.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null)
        {
            return value;
        }

        if (isRequired)
        {
            _errors.Add(new("/" + key, $"'{key}' is not given."));
        }

        return null;
    }

    private T? Wrong<T>(string key, JsonElement value, string rule)
        where T : struct
    {
        WrongText(key, value, rule);
        return null;
    }

    private string? WrongText(string key, JsonElement value, string rule)
    {
        var seen = value.GetRawText();
        _errors.Add(new("/" + key, $"'{key}' is {(seen.Length > 60 ? seen[..60] + "…" : seen)}; it must be {rule}."));
        return null;
    }
}
