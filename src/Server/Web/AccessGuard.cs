using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Tuning.Server.Web;

/// <summary>
/// Who is let in: requests for this machine by its own name, that no other site's page made, with the token. So a page in a browser can neither
/// send requests here (its <c>Origin</c> is another) nor read them by a name of its own that leads here (its <c>Host</c> is another).
/// </summary>
/// <remarks>Safe on any thread.</remarks>
/// <param name="port">The port that is listened on; null on a Unix socket, where the port of <c>Host</c> is not looked at.</param>
/// <param name="token">The token; null lets everybody of this machine in.</param>
/// <param name="open">Paths that need no token.</param>
internal sealed class AccessGuard(int? port, string? token, params IReadOnlyList<string> open)
{
    private const string Scheme = "Bearer ";

    private static readonly string[] _names = ["127.0.0.1", "localhost", "[::1]"];

    private readonly byte[]? _digest = token is null ? null : Digest(token);

    /// <summary>Where a request shows its token; by default in the header <c>Authorization</c>.</summary>
    public Func<HttpRequest, string?> Shown { get; init; } = Bearer;

    /// <summary>The token in the header <c>Authorization</c>; null for none.</summary>
    public static string? Bearer(HttpRequest request) =>
        request.Headers.Authorization is [{ } value] && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? value[Scheme.Length..].Trim() : null;

    /// <summary>Looks at a request before anything else does.</summary>
    /// <exception cref="ProblemException">It is not let in.</exception>
    public void Check(HttpRequest request)
    {
        var host = request.Host;
        if (!host.HasValue || !_names.Contains(host.Host, StringComparer.OrdinalIgnoreCase) || (port is not null && (host.Port ?? 80) != port))
        {
            throw new ProblemException(StatusCodes.Status421MisdirectedRequest, "host",
                $"Host is '{Shortened(host.Value)}'; this server answers to " +
                $"{string.Join(", ", _names.Select(n => port is null ? n : Invariant($"{n}:{port}")))}.");
        }

        if (request.Headers.TryGetValue("Origin", out var origin) && (origin is not [{ } from] || !IsOwn(from)))
        {
            throw new ProblemException(StatusCodes.Status403Forbidden, "origin",
                $"Origin is '{Shortened(origin.ToString())}': pages of other sites are not answered.");
        }

        if (request.Headers.TryGetValue("Sec-Fetch-Site", out var site) && site.ToString() is "cross-site" or "same-site")
        {
            throw new ProblemException(StatusCodes.Status403Forbidden, "origin", "Pages of other sites are not answered.");
        }

        if (_digest is null || open.Contains(request.Path.Value, StringComparer.Ordinal))
        {
            return;
        }

        if (Shown(request) is not { } shown)
        {
            throw Refused("The request shows no token; send the header Authorization: Bearer TOKEN.");
        }

        // Of digests, so that neither content nor length of the token follows from the time that it takes.
        if (!CryptographicOperations.FixedTimeEquals(Digest(shown), _digest))
        {
            throw Refused("The token is not the one of this server.");
        }
    }

    private static ProblemException Refused(string detail) =>
        new(StatusCodes.Status401Unauthorized, "token", detail) { Header = ("WWW-Authenticate", "Bearer") };

    private static byte[] Digest(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private static string Shortened(string? text) => text is { Length: > 80 } ? text[..80] + "…" : text ?? "";

    private bool IsOwn(string origin) => port is not null && _names.Any(n =>
        string.Equals(origin, port == 80 ? "http://" + n : Invariant($"http://{n}:{port}"), StringComparison.OrdinalIgnoreCase));
}
