using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using static Tuning.Tests.Documents.CallbackSnippets;

namespace Tuning.Tests.Documents;

/// <summary>What docs/hosting.md shows.</summary>
internal static class HostingSnippets
{
    public static async Task RunAsync(string[] args)
    {
        var builder = Host.CreateApplicationBuilder(args);
        builder.Services.AddSingleton(TextWriter.Synchronized(Console.Out));
        builder.Services.AddSingleton(new SearchSettings(Storage: "results"));
        builder.Services.AddTuner(tuner =>
        {
            tuner.AddLoggers().AddTrainables().AddCallback<Announcer>();
            tuner.Grace = TimeSpan.FromSeconds(30);
        });
        builder.Services.AddHostedService<Search>();
        await builder.Build().RunAsync();
    }

    public static void LongSteps(IHostApplicationBuilder builder)
    {
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMinutes(10));
    }

    internal sealed record SearchSettings(string Storage);

    internal sealed class Search(IServiceProvider services, IHostApplicationLifetime application, SearchSettings settings) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            var ppo = new PpoConfig().Environment("CartPole-v1").Training(trainBatchSize: 256, minibatchSize: 64, numEpochs: 2);
            var run = new RunConfig { StoragePath = settings.Storage, Stop = { ["training_iteration"] = 3 } };
            await new Tuner(services, ppo, ppo.Space().Add(c => c.LearningRate, Domain.LogUniform(1e-4, 1e-2)), new TuneConfig { Samples = 2 }, run)
                .FitAsync(stoppingToken);
            application.StopApplication();
        }
    }
}
