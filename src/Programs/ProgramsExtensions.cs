using Microsoft.Extensions.DependencyInjection;
using Tuning.Execution.Remote;
using Tuning.Hosting;
using Tuning.Programs;
using Tuning.Specification;
using Tuning.Training;

namespace Tuning;

/// <summary>Makes programs in any language known to a host: <c>services.AddTuner(t =&gt; t.AddPrograms())</c>.</summary>
public static class ProgramsExtensions
{
    /// <summary>Adds <c>run: program</c>, and to a command line the command <c>python-sdk</c>.</summary>
    /// <exception cref="ArgumentException">It was added before.</exception>
    public static TunerBuilder AddPrograms(this TunerBuilder tuner)
    {
        ArgumentNullException.ThrowIfNull(tuner);
        tuner.Catalog.AddPrograms();
        tuner.Services.AddSingleton<ILauncher, SupervisedLauncher>();
        return tuner.AddCommand(new("python-sdk", "Print tuner.py, with which Python programs report, to run them by hand.", (call, _) =>
        {
            call.Output.Write(PythonFile.Text);
            return Task.FromResult(0);
        }));
    }

    /// <summary>Adds <c>run: program</c>.</summary>
    /// <exception cref="ArgumentException">It was added before.</exception>
    public static ComponentCatalog AddPrograms(this ComponentCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return catalog.AddTrainable(new ProgramDefinition(null));
    }

    /// <summary>A program as a trainable.</summary>
    /// <param name="options">What is called, and how it reports.</param>
    public static TrainableDefinition ToTrainable(this ProgramOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new ProgramDefinition(null).With(options, Environment.CurrentDirectory);
    }
}
