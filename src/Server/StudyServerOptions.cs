namespace Tuning.Server;

/// <summary>Where a <see cref="StudyServer"/> listens, and whom it lets in. Immutable.</summary>
public sealed record StudyServerOptions
{
    /// <summary>The port where none is given.</summary>
    public const int DefaultPort = 8421;

    /// <summary>The port of 127.0.0.1 that it listens on. Other machines cannot reach it.</summary>
    /// <value>Default 8421; 0 takes a free one.</value>
    public int Port { get; init; } = DefaultPort;

    /// <summary>The path of a Unix socket in place of a port; only its owner may connect.</summary>
    /// <value>Default null: <see cref="Port"/>.</value>
    public string? Socket { get; init; }

    /// <summary>The file of the token, which nobody else may read. One that is there is used, else a new token is written there.</summary>
    /// <value>Default null: <c>serve.token</c> in the study's directory; in memory a token in no file.</value>
    public string? TokenFile { get; init; }

    /// <summary>Whether requests need a token. Without one every program of this machine may ask, tell and read.</summary>
    /// <value>Default true.</value>
    public bool RequiresToken { get; init; } = true;

    /// <summary>
    /// After how long without a word a trial is given up whose asker did not say so itself, with <c>lease_s</c>: it has failed then, and is handed
    /// out again where <see cref="StudyConfig.MaxFailures"/> allows it.
    /// </summary>
    /// <value>Default null: never; else more than zero.</value>
    public TimeSpan? Lease { get; init; }
}
