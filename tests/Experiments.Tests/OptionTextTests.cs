using System.Reflection;
using Tuning.CommandLine;
using Tuning.Testing;

namespace Tuning.Tests;

/// <summary>Options as text: in every culture the same, and without the old names of what they hold.</summary>
public sealed class OptionTextTests
{
    [Fact]
    public void Options_are_printed_without_what_forwards_from_old_names()
    {
        using var german = new GermanCulture();
        var count = 0;
        foreach (var type in new[] { typeof(Tuner), typeof(PpoConfig), typeof(CommandContext) }.SelectMany(t => t.Assembly.GetTypes())
            .Where(t => !t.IsAbstract && t.GetMethod("<Clone>$") is not null && t.GetConstructor([]) is not null))
        {
            var old = type.GetProperties().Where(p => p.GetCustomAttribute<ObsoleteAttribute>() is not null).Select(p => p.Name).ToList();
            if (old.Count > 0)
            {
                count++;
                var text = Activator.CreateInstance(type)!.ToString()!;
                Assert.StartsWith(type.Name + " { ", text, StringComparison.Ordinal);
                Assert.DoesNotContain(old, name => text.Contains($" {name} = ", StringComparison.Ordinal));
                Assert.DoesNotMatch("= -?[0-9]+,[0-9]", text);
            }
        }

        Assert.True(count > 20, $"{count}");
    }
}
