using Tuning;

return await TunerCommandLine.RunAsync(args,
    tuner => tuner.AddLoggers().AddTrainables().AddPrograms().AddServer().AddTrainable(CurveFit.Trainable).AddTrainable(MadeUpTraining.Trainable).AddSamples());
