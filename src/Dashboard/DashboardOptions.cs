namespace Tuning.Dashboard;

/// <summary>Where a <see cref="DashboardServer"/> answers.</summary>
public sealed record DashboardOptions
{
    /// <summary>The port of <c>tuner dashboard</c>.</summary>
    public const int DefaultPort = 8484;

    /// <summary>The port of 127.0.0.1; 0 takes a free one.</summary>
    /// <value>Default 8484.</value>
    public int Port { get; init; } = DefaultPort;

    /// <summary>Whether a browser must show a token, which <see cref="DashboardServer.Link"/> hands it once.</summary>
    /// <value>Default false: on a machine of one's own, whoever can connect can read the files as well.</value>
    public bool RequiresToken { get; init; }

    /// <summary>How commands are called that the page shows to be copied; given the words after the program's name.</summary>
    internal Func<IReadOnlyList<string>, string> Command { get; init; } = static words => "tuner " + string.Join(' ', words.Select(ShellWord.Of));
}
