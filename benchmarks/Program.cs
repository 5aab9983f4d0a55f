return args switch
{
    ["kernels", .. var rest] => Benchmarks.Kernels.Run(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: dotnet run --project benchmarks -c Release -- kernels");
    return 2;
}
