using Tuning;

return await TunerCommandLine.RunAsync(args, tuner => tuner.AddLoggers().AddTrainables().AddPrograms().AddServer().AddDashboard()).ConfigureAwait(false);
