using Tuning;

return await TunerCommandLine.RunAsync(args,
    tuner => tuner.AddLoggers().AddTrainables().AddTrainable(CurveFit.Trainable).AddTrainable(MadeUpTraining.Trainable).AddSamples());
