using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Tuning.Server.Web;

namespace Tuning.Dashboard;

/// <summary>How a browser comes to the token: a link with a ticket that works once sets it as a cookie that no script and no other site can read.</summary>
/// <remarks>Safe on any thread.</remarks>
internal sealed class PageAccess
{
    /// <summary>The path of the link.</summary>
    public const string OpenPath = "/open";

    private const string Cookie = "tuner_dashboard";

    private string? _ticket;

    public PageAccess() => Ticket = _ticket = AccessToken.New();

    /// <summary>What requests show.</summary>
    public string Token { get; } = AccessToken.New();

    /// <summary>What opens the page, once.</summary>
    public string Ticket { get; }

    /// <summary>The token that a request shows: as a cookie, or in the header <c>Authorization</c>.</summary>
    public static string? Shown(HttpRequest request) => request.Cookies[Cookie] ?? AccessGuard.Bearer(request);

    /// <summary>Answers the link.</summary>
    /// <exception cref="ProblemException">The ticket is not the one, or was used.</exception>
    public void Open(HttpContext context)
    {
        var given = SHA256.HashData(Encoding.UTF8.GetBytes(context.Request.Query["ticket"].ToString()));
        var ticket = Volatile.Read(ref _ticket);
        if (ticket is null || !CryptographicOperations.FixedTimeEquals(given, SHA256.HashData(Encoding.UTF8.GetBytes(ticket)))
            || Interlocked.CompareExchange(ref _ticket, null, ticket) != ticket)
        {
            throw new ProblemException(StatusCodes.Status401Unauthorized, "ticket",
                "This link was used before, or is not of this server. Start the dashboard again for a new one.");
        }

        context.Response.Cookies.Append(Cookie, Token, new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/" });
        context.Response.Redirect("/");
    }
}
