using System.Reflection;
using Tuning.Trials;

namespace Tuning.Tests.Callbacks;

public sealed class DelegateCallbackTests
{
    [Fact]
    public void From_calls_each_function_where_the_method_of_its_name_is_called()
    {
        var called = new List<string>();
        var callback = TunerCallback.From(
            setup: _ => called.Add("Setup"),
            onTrialStart: _ => called.Add("OnTrialStart"),
            onTrialRestore: (_, _) => called.Add("OnTrialRestore"),
            onTrialResult: (_, _, _) => called.Add("OnTrialResult"),
            onCheckpoint: (_, _, _) => called.Add("OnCheckpoint"),
            onTrialExploit: (_, _) => called.Add("OnTrialExploit"),
            onDecision: _ => called.Add("OnDecision"),
            onTrialPause: _ => called.Add("OnTrialPause"),
            onTrialComplete: _ => called.Add("OnTrialComplete"),
            onTrialRecover: (_, _) => called.Add("OnTrialRecover"),
            onTrialError: (_, _) => called.Add("OnTrialError"),
            onExperimentEnd: (_, _) => called.Add("OnExperimentEnd"));

        var methods = typeof(TunerCallback).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(m => m.IsVirtual && !m.IsSpecialName && !m.Name.StartsWith("OnStep", StringComparison.Ordinal))
            .ToList();
        foreach (var method in methods)
        {
            method.Invoke(callback, [.. method.GetParameters().Select(p => p.ParameterType.IsValueType ? Activator.CreateInstance(p.ParameterType) : null)]);
        }

        Assert.Equal(methods.Select(m => m.Name), called);
    }

    [Fact]
    public void From_without_functions_does_nothing_under_its_name()
    {
        var callback = TunerCallback.From(name: "silent");

        callback.OnTrialComplete(new TrialView { Id = new TrialId(1), Status = TrialStatus.Terminated, Config = ParameterSet.Empty });

        Assert.Equal("silent", callback.Name);
    }
}
