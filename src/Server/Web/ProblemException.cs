namespace Tuning.Server.Web;

/// <summary>A request that cannot be answered, as RFC 9457 says it: thrown where that is found out, written where requests end.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="code">What it is, for programs: the end of the problem's type.</param>
/// <param name="detail">What it is, for people: the thing, the value seen, the rule, the way out.</param>
/// <param name="errors">Where several things of a body are wrong, each.</param>
internal sealed class ProblemException(int status, string code, string detail, IReadOnlyList<BodyError>? errors = null) : Exception(detail)
{
    /// <summary>The type without <see cref="Code"/>.</summary>
    public const string TypePrefix = "urn:tuner:problem:";

    public int Status { get; } = status;

    public string Code { get; } = code;

    public IReadOnlyList<BodyError> Errors { get; } = errors ?? [];

    /// <summary>After how many seconds it may be tried again; null for never.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>Further headers.</summary>
    public (string Name, string Value)? Header { get; init; }
}

/// <summary>One thing that is wrong with a body.</summary>
/// <param name="Pointer">Where, as a JSON pointer.</param>
/// <param name="Detail">What.</param>
internal sealed record BodyError(string Pointer, string Detail);
