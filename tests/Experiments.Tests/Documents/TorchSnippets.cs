namespace Tuning.Tests.Documents;

/// <summary>The code of <c>docs/torchsharp.md</c>, compiled: the native library is not there, so that it is not run here but in Torch.Tests.</summary>
internal static class TorchSnippets
{
    public static void Load()
    {
        TorchRuntime.Load();
        using var weights = TorchSharp.torch.zeros(3, 4);
    }
}
