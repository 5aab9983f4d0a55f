using Tuning.Execution;
using Tuning.Specification;

namespace Tuning.Tests.Specification;

/// <summary>What trials ask of the machine, as files and programs say it, and what is said where it cannot be had.</summary>
public sealed class ResourceCheckTests
{
    [Theory]
    [InlineData("resources_per_trial: {gpu: 1.5}", "gpu: is 1.5; it must be a whole number, or a part of one from 0 to 1: no trial has parts of two.")]
    [InlineData("resources_per_trial: {gpu: -1}", "gpu: is -1; it must be a whole number, or a part of one from 0 to 1")]
    [InlineData("resources_per_trial: {gpu: .nan}", "'.nan' is not a number")]
    [InlineData("resources_per_trial: {license: .inf}\n  resources: {license: 1}", "license: is .inf; it must be a whole number")]
    [InlineData("resources_per_trial: {gpu: two}", "gpu: is 'two'; it must be a number")]
    [InlineData("resources_per_trial: {gpu: 3}\n  resources: {gpu: 2}", "gpu: is 3; it must be at most 2, as resources says.")]
    [InlineData("resources_per_trial: {gpu: 0.5}\n  resources: {gpu: 0}", "gpu: is 0.5; it must be at most 0, as resources says.")]
    [InlineData("resources_per_trial: {license: 1}",
        "asks for 'license', of which nothing says how much there is. If it is a resource of yours, write: resources: {license: 1}.")]
    [InlineData("resources_per_trial: {gpus: 1}", "Did you mean 'gpu'?")]
    [InlineData("resources_per_trial: {License: 1}", "'License' cannot be the name of a resource")]
    [InlineData("resources_per_trial: {license: yes}\n  resources: {license: 1}", "license: is 'yes'; it must be a number.")]
    [InlineData("resources_per_trial: {license: 4}\n  resources: {license: [a, b]}", "license: is 4; it must be at most 2, as resources says.")]
    [InlineData("resources: {license: [a, a]}", "it must be a list of devices: 'a' stands twice; name each device once.")]
    [InlineData("resources: {license: [a b]}", "'a b' is no name of a device")]
    [InlineData("resources: {gpu: 1.5}", "gpu: is 1.5; it must be a whole number from 0 to a million, or a list of names such as [0, 2]")]
    [InlineData("resources: {gpu: -1}", "gpu: is -1; it must be a whole number from 0 to a million")]
    [InlineData("resources: {cpu: 0}", "cpu: is 0; it must be at least 1")]
    [InlineData("resources: {max_processes: 4}", "belongs below 'resources_per_trial'")]
    [InlineData("resources_per_trial: {cpu: 3}\n  resources: {cpu: 2}", "cpu: is 3; it must be at most 2, as resources says.")]
    [InlineData("resources_per_trial: {memory: 4XB}", "memory: is '4XB'; it must be an amount of memory such as 4GiB, 500MB or a number of bytes")]
    [InlineData("resources_per_trial: {memory: 0}", "memory: is 0; it must be more than 0 bytes")]
    [InlineData("resources_per_trial: {memory: -1GiB}", "memory: is -1073741824; it must be more than 0 bytes")]
    [InlineData("resources_per_trial: {memory: 2GiB}\n  resources: {memory: 1GiB}", "memory: is 2GiB; it must be at most 1GiB, as resources says.")]
    [InlineData("resources_per_trial: {memory: 900TiB}", "the memory of this machine.")]
    [InlineData("resources_per_trial: {max_processes: 0}", "max_processes: is 0; it must be at least 1")]
    [InlineData("resources_per_trial: 3", "it must be a map")]
    public void What_cannot_be_had_is_said_before_anything_runs(string yaml, string message)
    {
        var problems = Read(yaml).Problems;

        Assert.Contains(message, string.Join('\n', problems.Select(p => $"{p.Path.Split('.')[^1]}: {p.Message}")), StringComparison.Ordinal);
        Assert.Single(problems);
    }

    [Theory]
    [InlineData("resources: {license: 1}", "license: is something that no trial asks for")]
    [InlineData("resources_per_trial: {memory: 1MiB}", "memory: is only counted")]
    [InlineData("resources_per_trial: {max_processes: 5}", "max_processes: holds nobody to it: trials run on threads")]
    [InlineData("resources_per_trial: {memory: 1MiB, max_processes: 5}\n  isolation: process", "")]
    public void What_holds_nobody_is_said(string yaml, string notice)
    {
        var read = Read(yaml);

        Assert.Empty(read.Problems);
        Assert.Equal(notice, string.Join('\n', read.Notices.Where(n => !n.Message.Contains("trains on", StringComparison.Ordinal))
            .Select(n => $"{n.Path.Split('.')[^1]}: {n.Message}"[..Math.Min(notice.Length, n.Message.Length)])));
    }

    [Fact]
    public void Resources_come_from_a_file_as_from_a_program()
    {
        var spec = Assert.Single(Read("""
            resources_per_trial: {cpu: 1, gpu: 0.5, memory: 4 MB, max_processes: 30, license: 1}
              resources: {gpu: [2, 3], license: 3}
            """).Experiments);
        var program = ExperimentBuilder.SpecOf(new(), new FakeAlgorithm(), null, null, new RunConfig
        {
            ResourcesPerTrial = new()
            {
                Cpu = 1,
                Gpu = 0.5,
                Memory = ByteSize.Parse("4MB"),
                MaxProcesses = 30,
                Other = new Dictionary<string, double> { ["license"] = 1 },
            },
            Resources = new() { Gpu = new("2", "3"), Other = new Dictionary<string, DeviceList> { ["license"] = 3 } },
        });

        Assert.Equal((program.CpuPerTrial, program.ResourcesPerTrial, program.Resources), (spec.CpuPerTrial, spec.ResourcesPerTrial, spec.Resources));
        Assert.Equal(4_000_000, spec.ResourcesPerTrial.Memory!.Value.Bytes);
    }

    [Theory]
    [InlineData("0, 3", "0\n1\n", "0, 3")]
    [InlineData("GPU-8d7,-1,4", null, "GPU-8d7")]
    [InlineData("", "0\n", "0")]
    [InlineData(null, "0\n1\n", "0, 1")]
    [InlineData(null, "No devices were found\n", "0")]
    [InlineData(null, null, "0")]
    public void Gpus_are_found_by_the_driver_unless_the_environment_names_them(string? visible, string? driver, string gpus)
    {
        var found = MachineDevices.Find(visible, () => driver);

        Assert.Equal(gpus, found.Gpus.ToString());
    }

    [Fact]
    public void Of_a_number_that_is_stated_the_first_are_used_that_the_environment_names()
    {
        var narrowed = MachineDevices.Find("4,6", () => null);

        Assert.Equal("4", narrowed.Of(1).ToString());
        Assert.Equal("4, 6", narrowed.Of(7).ToString());
        Assert.Equal("9", narrowed.Of(new("9")).ToString());
        Assert.Equal("3", MachineDevices.Find(null, () => null).Of(3).ToString());
    }

    [Theory]
    [InlineData("4GiB", 4L << 30, "4GiB")]
    [InlineData("500 MB", 500_000_000, "500MB")]
    [InlineData("1.5kib", 1536, "1.5KiB")]
    [InlineData("1000", 1000, "1000B")]
    [InlineData("0", 0, "0B")]
    public void Amounts_of_memory(string text, long bytes, string shown)
    {
        Assert.Equal(bytes, ByteSize.Parse(text).Bytes);
        Assert.Equal(shown, ByteSize.Parse(text).ToString());
    }

    private static ExperimentFileResult Read(string yaml) =>
        ExperimentFile.Parse($"a:\n  run: PPO\n  stop: {{training_iteration: 1}}\n  {yaml}\n", "a.yaml", Catalog());

    private static ComponentCatalog Catalog() => new ComponentCatalog().AddTrainable(new FakeAlgorithm());
}
