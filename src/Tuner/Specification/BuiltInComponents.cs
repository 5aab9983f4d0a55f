using Tuning.Search.CmaEs;
using Tuning.Search.Auto;
using Tuning.Search.Tpe;

namespace Tuning.Specification;

/// <summary>The components of this library, by name.</summary>
internal static class BuiltInComponents
{
    public static void AddTo(ComponentCatalog catalog)
    {
        catalog.Searchers.Add<RandomSearchOptions>("random", "basic_variant", "variant_generator", "basic_variant_generator", "BasicVariantGenerator");
        catalog.Searchers.Add<GridSearchOptions>("grid", "grid_search");
        catalog.Searchers.Add<QuasiRandomOptions>("quasi_random", "qmc", "QMCSampler", "sobol");
        catalog.Searchers.Add<CmaEsOptions>("cma_es", "cmaes", "cma", "CmaEsSampler");
        catalog.Searchers.Add<Nsga2Options>("nsga2", "nsga_ii", "nsgaii", "NSGAIISampler");
        catalog.Searchers.Add<HaltonOptions>("halton");
        catalog.Searchers.Add<TpeOptions>("tpe", "tree_parzen_estimator", "TPESampler", "HyperOptSearch", "hyperopt", "OptunaSearch", "optuna");
        catalog.Searchers.Add<MotpeOptions>("motpe", "MOTPESampler");
        catalog.Searchers.Add<BohbOptions>("bohb", "tune_bohb", "TuneBOHB");
        catalog.Searchers.Add<GaussianProcessOptions>("gp", "gaussian_process", "GPSampler", "bayesopt", "BayesOptSearch");
        catalog.Searchers.Add<AutoOptions>("auto", "auto_sampler", "AutoSampler");
        catalog.Searchers.Add<ConcurrencyLimiterOptions>("concurrency_limiter", "ConcurrencyLimiter");
        catalog.Searchers.Add<RepeaterOptions>("repeater", "Repeater");
        catalog.Schedulers.Add<FifoOptions>("fifo", "FIFOScheduler");
        catalog.Schedulers.Add<AshaOptions>("asha", "async_hyperband", "asynchyperband", "AsyncHyperBandScheduler", "ASHAScheduler");
        catalog.Schedulers.Add<HyperBandOptions>("hyperband", "HyperBandScheduler");
        catalog.Schedulers.Add<HyperBandForBohbOptions>("hb_bohb", "HyperBandForBOHB");
        catalog.Schedulers.Add<MedianStoppingOptions>("median", "median_stopping_rule", "medianstopping", "MedianStoppingRule");
        catalog.Schedulers.Add<MoAshaOptions>("mo_asha", "MOASHA");
        catalog.Schedulers.Add<WilcoxonOptions>("wilcoxon", "WilcoxonPruner");
        catalog.Schedulers.Add<PopulationBasedTrainingOptions>("pbt", "population_based_training", "PopulationBasedTraining");
        catalog.Schedulers.Add<Pb2Options>("pb2", "PB2");
        catalog.Schedulers.Add<PopulationBasedTrainingReplayOptions>("pbt_replay", "population_based_training_replay", "PopulationBasedTrainingReplay");
        catalog.Stoppers.Add<MetricStopperOptions>("metric");
        catalog.Stoppers.Add<MaximumIterationOptions>("maximum_iterations", "maximum_iteration", "MaximumIterationStopper");
        catalog.Stoppers.Add<TrialPlateauOptions>("trial_plateau", "TrialPlateauStopper");
        catalog.Stoppers.Add<ExperimentPlateauOptions>("experiment_plateau", "ExperimentPlateauStopper");
        catalog.Stoppers.Add<TimeoutOptions>("timeout", "TimeoutStopper");
        catalog.Stoppers.Add<AnyStopperOptions>("any", "CombinedStopper");
        catalog.Stoppers.Add<AllStopperOptions>("all");
        catalog.HookActions.Add<RestoreFromPathOptions>("restore_from_path");
    }
}
