using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Anthropic;

/// <summary>
/// The tools that Anthropic's models know by their type and clients run themselves, written out for models that have to be told
/// (platform.claude.com/docs/en/agents-and-tools/tool-use: bash, text editor, memory).
/// </summary>
internal static class KnownTools
{
    /// <summary>What the tool is for; plain, needing no escapes.</summary>
    public static ReadOnlySpan<byte> Description(ToolShape shape) => shape switch
    {
        ToolShape.Bash => "Runs a command in a bash session that lasts from call to call, and returns what it prints."u8,
        ToolShape.TextEditor => "Views, creates and edits text files."u8,
        _ => "Reads and writes files under /memories, which outlast this conversation."u8,
    };

    /// <summary>Its schema.</summary>
    public static JsonView Schema(ToolShape shape, JsonView type) => JsonView.Trusted(shape switch
    {
        ToolShape.Bash => """{"type":"object","properties":{"command":{"type":"string","description":"The command to run."},"restart":{"type":"boolean","description":"Set to true to start the session anew."}}}"""u8,
        ToolShape.TextEditor when type.Is("text_editor_20250124"u8) || type.Is("text_editor_20241022"u8) => EditorWithUndo,
        ToolShape.TextEditor => Editor,
        _ => Memory,
    });

    private static ReadOnlySpan<byte> Editor => """{"type":"object","properties":{"command":{"type":"string","enum":["view","create","str_replace","insert"]},"path":{"type":"string"},"file_text":{"type":"string","description":"For create: the file's text."},"old_str":{"type":"string","description":"For str_replace: text that stands in the file exactly once."},"new_str":{"type":"string","description":"For str_replace: the text in its place."},"insert_line":{"type":"integer","description":"For insert: the line behind which to insert, 0 for the beginning."},"insert_text":{"type":"string","description":"For insert: the text."},"view_range":{"type":"array","items":{"type":"integer"},"description":"For view: first and last line, -1 for the end."}},"required":["command","path"]}"""u8;

    private static ReadOnlySpan<byte> EditorWithUndo => """{"type":"object","properties":{"command":{"type":"string","enum":["view","create","str_replace","insert","undo_edit"]},"path":{"type":"string"},"file_text":{"type":"string","description":"For create: the file's text."},"old_str":{"type":"string","description":"For str_replace: text that stands in the file exactly once."},"new_str":{"type":"string","description":"For str_replace and insert: the new text."},"insert_line":{"type":"integer","description":"For insert: the line behind which to insert, 0 for the beginning."},"view_range":{"type":"array","items":{"type":"integer"},"description":"For view: first and last line, -1 for the end."}},"required":["command","path"]}"""u8;

    private static ReadOnlySpan<byte> Memory => """{"type":"object","properties":{"command":{"type":"string","enum":["view","create","str_replace","insert","delete","rename"]},"path":{"type":"string"},"file_text":{"type":"string","description":"For create: the file's text."},"old_str":{"type":"string","description":"For str_replace: text that stands in the file exactly once."},"new_str":{"type":"string","description":"For str_replace: the text in its place."},"insert_line":{"type":"integer","description":"For insert: the line behind which to insert, 0 for the beginning."},"insert_text":{"type":"string","description":"For insert: the text."},"old_path":{"type":"string","description":"For rename: the path now."},"new_path":{"type":"string","description":"For rename: the path to be."},"view_range":{"type":"array","items":{"type":"integer"},"description":"For view: first and last line."}},"required":["command"]}"""u8;
}
