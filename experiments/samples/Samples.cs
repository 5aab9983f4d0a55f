using Tuning;
using Tuning.Hosting;

/// <summary>Makes the samples known, each under the name that experiment files give.</summary>
internal static class Samples
{
    /// <summary>Adds all samples.</summary>
    public static TunerBuilder AddSamples(this TunerBuilder tuner) => tuner
        .AddEnvironment("thermostat", config => new Thermostat(config.Get("target", 21.0)), maxEpisodeSteps: 60)
        .AddConnector("pendulum-energy", spec => new PendulumEnergy(spec.InputSize))
        .AddModule("radial", (spec, random) => new RadialModule(spec, random))
        .AddModule("linear", (spec, random) => new LinearModule(spec, random))
        .AddLearner("reinforce", spec => new ReinforceLearner(spec))
        .AddAlgorithm(new A2cConfig())
        .AddSearchSamples();

    /// <summary>Adds the samples that search.</summary>
    public static TunerBuilder AddSearchSamples(this TunerBuilder tuner) => tuner
        .AddSearcher<HillClimbOptions>("hill-climb")
        .AddScheduler<KeepBestOptions>("keep-best")
        .AddStopper<BudgetOptions>("budget");
}
