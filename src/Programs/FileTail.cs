using Tuning.Checkpointing;

namespace Tuning.Programs;

/// <summary>What a program appends to a file, until the program has ended. One reader.</summary>
/// <param name="path">The file; it need not be there yet.</param>
/// <param name="ended">Completed when nothing more comes.</param>
internal sealed class FileTail(string path, Task ended)
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(20);

    private long _position;

    /// <summary>Reads on, waiting for more where there is none yet; 0 at the end.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        while (true)
        {
            var over = ended.IsCompleted;
            if (File.Exists(path))
            {
                using var file = OwnFiles.OpenShared(path, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                var read = RandomAccess.Read(file, buffer.Span, _position);
                _position += read;
                if (read > 0)
                {
                    return read;
                }
            }

            if (over)
            {
                return 0;
            }

            await Task.WhenAny(ended, Task.Delay(_pause, TimeProvider.System)).ConfigureAwait(false);
        }
    }
}
