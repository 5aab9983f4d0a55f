namespace Tuning.Training;

/// <summary>What all class trainables have in common. Derive from <see cref="Trainable{TConfig}"/>.</summary>
public abstract class ClassTrainable
{
    private protected ClassTrainable()
    {
    }

    internal abstract ValueTask SetupAsync(TrialContext trial, CancellationToken cancellationToken);

    internal abstract ValueTask<Metrics> NextAsync(CancellationToken cancellationToken);

    internal abstract void SaveTo(CheckpointDirectory directory);

    internal abstract void LoadFrom(CheckpointDirectory directory);

    internal abstract void EndOfSegment();
}

/// <summary>Runs a class trainable: set up, restore, then step and report until it says that it is done.</summary>
internal sealed class ClassSegment(ClassTrainable instance, string name, bool checkpoints) : ITrainable, IAsyncDisposable
{
    /// <summary>The flag in its metrics by which a class says that it is done, as in Ray.</summary>
    public const string Done = "done";

    private readonly Action<CheckpointDirectory> _save = instance.SaveTo;

    // The trainable's code stays on the trial's thread: nothing here is ConfigureAwait(false).
    public async ValueTask RunAsync(TrialContext trial, CancellationToken cancellationToken)
    {
        await instance.SetupAsync(trial, cancellationToken);
        if (trial.Checkpoint is { } own)
        {
            instance.LoadFrom(own);
        }
        else
        {
            foreach (var hook in trial.Hooks)
            {
                Restore(hook);
            }
        }

        while (true)
        {
            var metrics = await instance.NextAsync(cancellationToken);
            await trial.ReportAsync(metrics, checkpoints ? _save : null);
            if (metrics.TryGet(Done, out var done) && done.Flag == true)
            {
                return;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        instance.EndOfSegment();
        if (instance is IAsyncDisposable asynchronous)
        {
            await asynchronous.DisposeAsync();
        }
        else
        {
            using var synchronous = new SynchronousCode();
            (instance as IDisposable)?.Dispose();
        }
    }

    private void Restore(HookSpec hook)
    {
        if (hook.Action != "restore_from_path")
        {
            throw new TrialConfigurationException($"The trainable '{name}' has no hook action '{hook.Action}'; it has: restore_from_path.");
        }

        if (!checkpoints)
        {
            throw new TrialConfigurationException($"{hook.Hook}: the trainable '{name}' cannot restore from a path: it does not override Save and Load.");
        }

        if (hook.Options.Get<string?>("component", null) is { } component)
        {
            throw new TrialConfigurationException($"{hook.Hook}: the trainable '{name}' has no component '{component}': it is restored as a whole.");
        }

        var path = hook.Options.Get<string>("path");
        try
        {
            instance.LoadFrom(CheckpointStore.Open(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrialConfigurationException($"{hook.Hook}: restore_from_path: {e.Message}", e);
        }
    }
}
