using System.Text;

namespace Gatehouse.Terminals;

/// <summary>Reads what a person types without showing it.</summary>
internal static class TypedSecret
{
    /// <summary>Reads up to Enter; null when the person pressed Ctrl+D or Escape first.</summary>
    public static string? Read()
    {
        var typed = new StringBuilder();
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            switch (key.Key)
            {
                case ConsoleKey.Enter:
                    return typed.ToString();
                case ConsoleKey.Escape:
                case ConsoleKey.D when key.Modifiers.HasFlag(ConsoleModifiers.Control):
                    return null;
                case ConsoleKey.Backspace:
                    if (typed.Length > 0) typed.Length--;
                    break;
                default:
                    if (!char.IsControl(key.KeyChar)) typed.Append(key.KeyChar);
                    break;
            }
        }
    }
}
