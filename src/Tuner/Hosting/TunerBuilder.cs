namespace Tuning.Hosting;

/// <summary>What an application adds to the Tuner. Filled while the host is built.</summary>
public sealed class TunerBuilder
{
    internal TunerBuilder(IServiceCollection services) => Services = services;

    /// <summary>The application's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>The names that experiments can use.</summary>
    public ComponentCatalog Catalog { get; } = new();

    /// <summary>The commands that were added.</summary>
    internal List<TunerCommand> Commands { get; } = [];

    /// <summary>How long a graceful stop may take when the host stops; then the experiment is aborted.</summary>
    /// <value>Default null: the host's own limit (<c>HostOptions.ShutdownTimeout</c>) less a margin; without a host as long as a step takes.</value>
    public TimeSpan? Grace { get; set; }

    /// <summary>
    /// At most this many trials of all the application's experiments run at once; others wait. An experiment that is started inside a trial
    /// borrows that trial's slot.
    /// </summary>
    /// <value>Default null: no limit but that of each experiment; else at least 1.</value>
    public int? MaxConcurrentTrials { get; set; }

    /// <summary>Adds a trainable under its name.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public TunerBuilder AddTrainable(TrainableDefinition trainable)
    {
        Catalog.AddTrainable(trainable);
        return this;
    }

    /// <summary>Adds a class trainable.</summary>
    /// <typeparam name="T">A class that derives from <see cref="Trainable{TConfig}"/>; its constructor's arguments are services.</typeparam>
    /// <param name="name">The name that <c>run:</c> gives; null is the name of the class.</param>
    /// <exception cref="ArgumentException">The name is taken, or the class overrides one of Save and Load.</exception>
    public TunerBuilder AddTrainable<T>(string? name = null)
        where T : ClassTrainable => AddTrainable(Trainable.FromClass<T>(name));

    /// <summary>Adds a search algorithm of one's own under its name: <c>search_alg: {type: name, …}</c>.</summary>
    /// <typeparam name="T">Its options, which make it.</typeparam>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public TunerBuilder AddSearcher<T>(string name)
        where T : SearcherOptions
    {
        Catalog.Searchers.Add<T>(name);
        return this;
    }

    /// <summary>Adds a scheduler of one's own under its name: <c>scheduler: {type: name, …}</c>.</summary>
    /// <typeparam name="T">Its options, which make it.</typeparam>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public TunerBuilder AddScheduler<T>(string name)
        where T : SchedulerOptions
    {
        Catalog.Schedulers.Add<T>(name);
        return this;
    }

    /// <summary>Adds a stop criterion of one's own under its name: <c>stoppers: [{type: name, …}]</c>.</summary>
    /// <typeparam name="T">Its options, which make it.</typeparam>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public TunerBuilder AddStopper<T>(string name)
        where T : StopperOptions
    {
        Catalog.Stoppers.Add<T>(name);
        return this;
    }

    /// <summary>Adds a command to the command line of the program, where it has one; the names of its own commands are refused when it starts.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public TunerBuilder AddCommand(TunerCommand command)
    {
        ArgumentNullException.ThrowIfNull(command);
        if (Commands.Exists(c => c.Name == command.Name))
        {
            throw new ArgumentException($"There is a command '{command.Name}' already; choose another name.", nameof(command));
        }

        Commands.Add(command);
        return this;
    }

    /// <summary>Adds an observer of every experiment; one instance for each, made by dependency injection.</summary>
    public TunerBuilder AddCallback<T>()
        where T : TunerCallback
    {
        Services.AddTransient<TunerCallback, T>();
        return this;
    }
}
