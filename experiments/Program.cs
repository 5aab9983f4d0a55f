using Tuning;

return await TunerCommandLine.RunAsync(args,
    tuner => tuner.AddLoggers().AddTrainables().AddGymnasium().AddPrograms().AddServer().AddDashboard()
        .AddTrainable(CurveFit.Trainable).AddTrainable(MadeUpTraining.Trainable).AddSamples());
