using Microsoft.Extensions.Configuration;

namespace Tuning.Hosting;

/// <summary>
/// The section <c>Tuner</c> of an application's configuration (<c>appsettings.json</c>): limits, and the defaults of <see cref="RunConfig"/>. What
/// is set by code wins.
/// </summary>
internal sealed record TunerSettings
{
    private const string Section = "Tuner";

    /// <summary>As <see cref="TunerBuilder.Grace"/>.</summary>
    public TimeSpan? Grace { get; init; }

    /// <summary>As <see cref="TunerBuilder.MaxConcurrentTrials"/>.</summary>
    public int? MaxConcurrentTrials { get; init; }

    /// <summary>The defaults of <see cref="RunConfig"/>.</summary>
    public RunDefaults Run { get; init; } = new();

    /// <summary>Reads the section.</summary>
    /// <exception cref="SpecificationException">It has a key that means nothing, or a value that does not fit; the message names it.</exception>
    public static TunerSettings Of(IConfiguration? configuration, TunerBuilder builder)
    {
        TunerSettings read;
        try
        {
            read = configuration?.GetSection(Section).Get<TunerSettings>(o => o.ErrorOnUnknownConfiguration = true) ?? new();
        }
        catch (InvalidOperationException e)
        {
            throw new SpecificationException($"The section {Section} of the configuration cannot be used: {e.Message} It takes {nameof(Grace)}, " +
                $"{nameof(MaxConcurrentTrials)} and {nameof(Run)} ({string.Join(", ", typeof(RunDefaults).GetProperties().Select(p => p.Name))}).", e);
        }

        read = read with { Grace = builder.Grace ?? read.Grace, MaxConcurrentTrials = builder.MaxConcurrentTrials ?? read.MaxConcurrentTrials };
        return read.MaxConcurrentTrials < 1
            ? throw new SpecificationException(
                $"{Section}.{nameof(MaxConcurrentTrials)} is {read.MaxConcurrentTrials}; it must be at least 1, or absent for no limit.")
            : read;
    }

    /// <summary>What an application sets of <see cref="RunConfig"/> for all its experiments; each takes it where it says nothing.</summary>
    internal sealed record RunDefaults : IRunDefaults
    {
        /// <summary>As <see cref="RunConfig.StoragePath"/>.</summary>
        public string? StoragePath { get; init; }

        /// <summary>As <see cref="RunConfig.Loggers"/>.</summary>
        public string[]? Loggers { get; init; }

        /// <summary>As <see cref="RunConfig.CpuPerTrial"/>.</summary>
        public double? CpuPerTrial { get; init; }

        /// <summary>As <see cref="RunConfig.Checkpoint"/>.</summary>
        public CheckpointConfig? Checkpoint { get; init; }

        /// <summary>As <see cref="RunConfig.Failure"/>.</summary>
        public FailureConfig? Failure { get; init; }

        /// <inheritdoc/>
        public RunConfig Fill(RunConfig? run)
        {
            var given = run ?? new();
            return given with
            {
                StoragePath = given.StoragePath ?? StoragePath,
                Loggers = given.Loggers ?? (Loggers is null ? null : [.. Loggers]),
                CpuPerTrial = given.CpuPerTrial ?? CpuPerTrial,
                Checkpoint = given.Checkpoint == new CheckpointConfig() ? Checkpoint ?? given.Checkpoint : given.Checkpoint,
                Failure = given.Failure == new FailureConfig() ? Failure ?? given.Failure : given.Failure,
            };
        }
    }
}
