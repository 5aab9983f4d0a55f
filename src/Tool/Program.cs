using Tuning;

return await TunerCommandLine.RunAsync(args,
    tuner => tuner.AddLoggers().AddTrainables().AddGymnasium().AddPrograms().AddServer().AddDashboard()).ConfigureAwait(false);
