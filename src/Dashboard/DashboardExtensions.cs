using Tuning.Dashboard;
using Tuning.Hosting;

namespace Tuning;

/// <summary>Lets a host show experiments in a browser: <c>services.AddTuner(t => t.AddDashboard())</c>.</summary>
public static class DashboardExtensions
{
    /// <summary>Adds to a command line the commands <c>dashboard</c> and <c>export-html</c>.</summary>
    /// <exception cref="ArgumentException">It was added before.</exception>
    public static TunerBuilder AddDashboard(this TunerBuilder tuner)
    {
        ArgumentNullException.ThrowIfNull(tuner);
        return tuner.AddCommand(DashboardCommand.Command).AddCommand(ExportHtmlCommand.Command);
    }
}
