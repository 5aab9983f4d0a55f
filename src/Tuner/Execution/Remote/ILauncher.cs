namespace Tuning.Execution.Remote;

/// <summary>Starts processes that are ended with everything that they start, also when this process is killed. A service of the package that can.</summary>
internal interface ILauncher
{
    /// <summary>Starts one.</summary>
    /// <param name="words">Program and arguments.</param>
    /// <param name="variables">What its environment has beside this process's.</param>
    /// <param name="scratch">A directory of this run alone.</param>
    /// <exception cref="PlatformNotSupportedException">This cannot be done on this system.</exception>
    ILaunched Start(IReadOnlyList<string> words, IReadOnlyDictionary<string, string> variables, string scratch);
}

/// <summary>A process that was launched. Any thread; disposing of it ends it and everything that it started.</summary>
internal interface ILaunched : IAsyncDisposable
{
    /// <summary>What it writes to standard output.</summary>
    Stream Output { get; }

    /// <summary>What it writes to standard error.</summary>
    Stream Errors { get; }

    /// <summary>Kills it and everything that it started.</summary>
    void Kill();

    /// <summary>Waits for its end.</summary>
    /// <returns>What was wrong with it, after its name: <c>was ended by SIGSEGV</c>; null when it ended well.</returns>
    Task<string?> WaitAsync();
}
