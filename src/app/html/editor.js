// SPDX-License-Identifier: GPL-3.0-or-later
// The editor's side of the fence: runs in a world of its own, which the page's scripts (there are
// none) could not reach. Everything that comes in or goes out passes clean().
(() => {
  'use strict';

  const KEPT = new Set(('a abbr b blockquote br caption center code col colgroup dd del div dl dt em ' +
    'figure figcaption font h1 h2 h3 h4 h5 h6 hr i img ins li mark ol p pre q s small span strike ' +
    'strong sub sup table tbody td tfoot th thead tr tt u ul').split(' '));
  const DROPPED = new Set(('script style head title link meta base iframe frame frameset object embed ' +
    'applet template noscript svg math video audio source track canvas select textarea input button ' +
    'picture portal dialog').split(' '));
  const ATTRIBUTES = new Set(('align alt bgcolor border cellpadding cellspacing color colspan data-longest dir ' +
    'face height href lang rowspan size src start style title type valign width').split(' '));
  const BLANK = '<div><br></div>';
  const WIDEST = 600;
  // Above this a picture is offered to be sent smaller, above the next if it is chosen by hand.
  const LARGE = 1600;
  const SMALLEST = 640;
  const STYLES = ['background-color', 'border', 'border-collapse', 'color', 'font-family', 'font-size',
    'font-style', 'font-weight', 'height', 'margin-bottom', 'margin-left', 'margin-right', 'margin-top',
    'max-width', 'padding', 'text-align', 'text-decoration', 'text-decoration-line', 'text-indent',
    'vertical-align', 'white-space', 'width'];
  const TARGET = /^(https?|ftp|mailto|tel|news):/i;
  const SCALABLE = /^data:image\/(png|jpeg);/i;
  const PICTURE = /^(data:image\/(png|jpeg|gif|webp|bmp);base64,|cid:)/i;

  const post = (message) =>
    window.webkit.messageHandlers.wirebench.postMessage(JSON.stringify(message));

  function cleanAttributes(from, to) {
    for (const { name, value } of Array.from(from.attributes)) {
      if (!ATTRIBUTES.has(name)) continue;
      if (name === 'href' && !(to.localName === 'a' && TARGET.test(value.trim()))) continue;
      if (name === 'data-longest' && !(to.localName === 'img' && /^\d{1,5}$/.test(value))) continue;
      if (name === 'src' && !(to.localName === 'img' && PICTURE.test(value))) continue;
      if (name === 'style') {
        for (const property of STYLES) {
          const set = from.style.getPropertyValue(property);
          if (set && !/url|image|expression|var\(|-webkit-|^(transparent|initial|inherit)/i.test(set))
            to.style.setProperty(property, set);
        }
        if (to.getAttribute('style') === '') to.removeAttribute('style');
      } else {
        to.setAttribute(name, value);
      }
    }
  }

  // Office programs write lists as paragraphs, their bullets as text and how deep they are as a style.
  function officeItem(node) {
    const style = node.getAttribute('style') || '';
    const level = node.localName === 'p' && /mso-list:[^;"]*level(\d)/i.exec(style);
    if (!level) return null;
    const mark = Array.from(node.querySelectorAll('span'))
      .find((span) => /mso-list:\s*ignore/i.test(span.getAttribute('style') || ''));
    const text = mark ? mark.textContent.trim() : '';
    return { level: Number(level[1]), list: /^\(?[0-9a-z]{1,4}[.)]/i.test(text) ? 'ol' : 'ul' };
  }

  function openList(to, item) {
    let list = to.lastElementChild;
    if (!list || list.localName !== item.list || list.nextSibling)
      list = to.appendChild(document.createElement(item.list));
    if (item.level > 1 && list.lastElementChild)
      return openList(list.lastElementChild, { list: item.list, level: item.level - 1 });
    return list;
  }

  function isHidden(node) {
    const style = node.getAttribute('style') || '';
    return node.hidden || /(^|;)\s*(display:\s*none|mso-hide:\s*all|mso-list:\s*ignore)/i.test(style);
  }

  // Some programs wrap what is copied into a <b> that is not bold.
  function isWrapper(node) {
    return (node.localName === 'b' || node.localName === 'strong') &&
      /^(normal|400)$/.test(node.style.fontWeight);
  }

  function cleanInto(from, to, depth) {
    for (const node of Array.from(from.childNodes)) {
      if (node.nodeType === Node.TEXT_NODE) {
        const item = to.lastElementChild && /^[ou]l$/.test(to.lastElementChild.localName);
        if (!item || node.data.trim() !== '') to.appendChild(document.createTextNode(node.data));
      } else if (node.nodeType === Node.ELEMENT_NODE) {
        const name = node.localName;
        const item = officeItem(node);
        if (DROPPED.has(name) || isHidden(node)) continue;
        if (item && depth <= 200) {
          cleanInto(node, openList(to, item).appendChild(document.createElement('li')), depth + 1);
        } else if (!KEPT.has(name) || isWrapper(node) || depth > 200) {
          cleanInto(node, to, depth + 1);
        } else if (name === 'img' && !PICTURE.test(node.getAttribute('src') || '')) {
          if (node.alt) to.appendChild(document.createTextNode(node.alt));
        } else {
          const kept = document.createElement(name);
          cleanAttributes(node, kept);
          cleanInto(node, kept, depth + 1);
          // What is empty and means nothing without its style.
          if ((name === 'span' || name === 'font') && kept.attributes.length === 0)
            to.append(...kept.childNodes);
          else to.appendChild(kept);
        }
      }
    }
  }

  // A list inside of a list belongs to the item before it, and so other programs show it.
  function nestLists(root) {
    for (const list of root.querySelectorAll('ul > ul, ul > ol, ol > ul, ol > ol')) {
      const before = list.previousElementSibling;
      if (before && before.localName === 'li') before.appendChild(list);
    }
  }

  // Parsed in a document that loads nothing, copied element by element.
  function clean(html) {
    const parsed = new DOMParser().parseFromString(html, 'text/html');
    const result = document.createElement('div');
    cleanInto(parsed.body, result, 0);
    nestLists(result);
    return result.innerHTML.replace(/\ufeff/g, '');
  }

  function block() {
    const name = String(document.queryCommandValue('formatBlock') || '').toLowerCase();
    return name === '' ? 'div' : name;
  }

  function closest(selector) {
    const selection = getSelection();
    const node = selection && selection.anchorNode;
    const element = node && (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement);
    return element ? element.closest(selector) : null;
  }

  const longest = (picture) => Math.max(picture.naturalWidth, picture.naturalHeight);

  function selectedPicture() {
    const selection = getSelection();
    if (selection.rangeCount === 0 || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    const pictures = Array.from(document.images).filter((picture) => range.intersectsNode(picture));
    return pictures.length === 1 && range.toString() === '' ? pictures[0] : null;
  }

  // The one that is selected, or else all that are large.
  function chosenPictures() {
    const can = (picture, least) =>
      SCALABLE.test(picture.getAttribute('src') || '') && longest(picture) > least;
    const selected = selectedPicture();
    for (const picture of document.images) picture.classList.toggle('selected', picture === selected);
    if (selected && can(selected, SMALLEST)) return [selected];
    return Array.from(document.images).filter((picture) => can(picture, LARGE));
  }

  let toldPictures = '';
  function reportPictures() {
    const pictures = chosenPictures();
    const largest = pictures.reduce((a, b) => (a && longest(a) >= longest(b) ? a : b), null);
    const sizes = new Set(pictures.map((picture) => Number(picture.dataset.longest) || 0));
    const state = {
      type: 'pictures',
      count: pictures.length,
      width: largest ? largest.naturalWidth : 0,
      height: largest ? largest.naturalHeight : 0,
      bytes: pictures.reduce((sum, { src }) => sum + (src.length - src.indexOf(',') - 1) * 3 / 4, 0),
      longest: sizes.size === 1 ? Array.from(sizes)[0] : -1,
    };
    const text = JSON.stringify(state);
    if (text !== toldPictures) {
      toldPictures = text;
      post(state);
    }
  }

  // As wide as a mail is read, and no wider than what is sent.
  function sizePictures(size) {
    for (const picture of chosenPictures()) {
      const scale = size > 0 ? Math.min(size / longest(picture), 1) : 1;
      if (size > 0) picture.dataset.longest = String(size);
      else delete picture.dataset.longest;
      picture.removeAttribute('height');
      picture.setAttribute('width', String(Math.min(WIDEST, Math.round(picture.naturalWidth * scale))));
    }
    post({ type: 'changed' });
  }

  // WebKit tells no line of what is typed next, only of what stands there: that it was switched at this
  // place has to be remembered.
  let switched = [];
  function lined(command) {
    const { anchorNode, anchorOffset, isCollapsed } = getSelection();
    switched = switched.filter((one) => isCollapsed && one.node === anchorNode && one.offset === anchorOffset);
    const here = switched.find((one) => one.command === command);
    return here ? here.on : document.queryCommandState(command);
  }

  function toggleLine(command) {
    const on = !lined(command);
    document.execCommand(command, false);
    const { anchorNode, anchorOffset } = getSelection();
    switched = switched.filter((one) => one.command !== command);
    switched.push({ command, on, node: anchorNode, offset: anchorOffset });
  }

  let told = '';
  function report() {
    reportPictures();
    const link = closest('a[href]');
    // Of a picture WebKit says that it is all of this.
    const text = selectedPicture() === null;
    const state = {
      type: 'state',
      bold: text && document.queryCommandState('bold'),
      italic: text && document.queryCommandState('italic'),
      underline: text && lined('underline'),
      strikethrough: text && lined('strikeThrough'),
      bullets: document.queryCommandState('insertUnorderedList'),
      numbers: document.queryCommandState('insertOrderedList'),
      quote: closest('blockquote') !== null,
      code: closest('code') !== null,
      table: closest('table') !== null,
      size: Number(document.queryCommandValue('fontSize')) || 3,
      block: block(),
      link: link ? link.getAttribute('href') : '',
    };
    const message = JSON.stringify(state);
    if (message !== told) {
      told = message;
      post(state);
    }
  }

  // As wide as a mail is read, also by programs that know no style.
  function scalePictures() {
    for (const picture of document.querySelectorAll('img:not([width])')) {
      const scale = () => {
        if (picture.naturalWidth > WIDEST) picture.setAttribute('width', String(WIDEST));
      };
      if (picture.complete) scale();
      else picture.addEventListener('load', scale, { once: true });
    }
  }

  function insert(html) {
    document.body.focus();
    document.execCommand('insertHTML', false, clean(html));
    scalePictures();
  }

  function caretInto(node, offset) {
    getSelection().setPosition(node, offset);
  }

  // By hand: WebKit makes spans of the <code> that is inserted as HTML.
  function toggleCode() {
    const around = closest('code');
    const selection = getSelection();
    if (selection.rangeCount === 0) return;
    const range = selection.getRangeAt(0);
    if (around && selection.isCollapsed) {
      const after = document.createTextNode('\ufeff');
      around.after(after);
      caretInto(after, 1);
    } else if (around) {
      around.replaceWith(...around.childNodes);
    } else {
      const code = document.createElement('code');
      code.append(range.collapsed ? '\ufeff' : range.toString());
      range.deleteContents();
      range.insertNode(code);
      if (code.textContent === '\ufeff') caretInto(code.firstChild, 1);
      else selection.selectAllChildren(code);
    }
    post({ type: 'changed' });
  }

  function insertTable(rows, columns) {
    const cell = '<td style="border: 1px solid #9a9996; padding: 4px 8px"><br></td>';
    const row = '<tr>' + cell.repeat(columns) + '</tr>';
    document.execCommand('insertHTML', false,
      '<table border="1" cellspacing="0" style="border-collapse: collapse" title="new"><tbody>' +
      row.repeat(rows) + '</tbody></table>' + BLANK);
    const table = document.querySelector('table[title=new]');
    if (!table) return;
    table.removeAttribute('title');
    for (const one of table.querySelectorAll('td')) one.setAttribute('width', '120');
    caretInto(table.querySelector('td'), 0);
  }

  function nextCell(backwards) {
    const here = closest('td, th');
    const table = closest('table');
    const cells = Array.from(table.querySelectorAll('td, th'));
    const next = cells.indexOf(here) + (backwards ? -1 : 1);
    if (next < 0) return;
    if (next < cells.length) {
      caretInto(cells[next], 0);
      return;
    }
    const row = here.parentElement.cloneNode(true);
    for (const cell of row.children) cell.innerHTML = '<br>';
    here.parentElement.after(row);
    caretInto(row.firstElementChild, 0);
    post({ type: 'changed' });
  }

  function clearFormat() {
    const line = closest('div, p, li, td, th, blockquote, pre');
    // On an empty line there is nothing that WebKit would take the format from, but what comes has it.
    if (line && getSelection().isCollapsed && line.textContent.trim() === '' &&
        !line.querySelector('img, table, hr, li')) {
      line.innerHTML = '<br>';
      caretInto(line, 0);
      post({ type: 'changed' });
    }
    document.execCommand('removeFormat', false);
    if (closest('h1, h2, h3, h4, h5, h6, pre')) document.execCommand('formatBlock', false, 'div');
  }

  function hilite(color) {
    document.execCommand('styleWithCSS', false, true);
    document.execCommand('hiliteColor', false, color);
    document.execCommand('styleWithCSS', false, false);
  }

  function toggleQuote() {
    if (closest('blockquote')) document.execCommand('outdent', false);
    else document.execCommand('formatBlock', false, 'blockquote');
  }

  const COMMANDS = {
    Underline: () => toggleLine('underline'),
    Undo: () => document.execCommand('undo', false),
    Redo: () => document.execCommand('redo', false),
    Strikethrough: () => toggleLine('strikeThrough'),
    InsertUnorderedList: () => document.execCommand('insertUnorderedList', false),
    InsertOrderedList: () => document.execCommand('insertOrderedList', false),
    Indent: () => document.execCommand('indent', false),
    Outdent: () => document.execCommand('outdent', false),
    FormatBlock: (name) => document.execCommand('formatBlock', false, name),
    Quote: toggleQuote,
    Code: toggleCode,
    Rule: () => document.execCommand('insertHorizontalRule', false),
    Table: (size) => insertTable(...size.split('x').map(Number)),
    FontSize: (size) => document.execCommand('fontSize', false, size),
    HiliteColor: hilite,
    Clear: clearFormat,
    PictureSize: (size) => sizePictures(Number(size)),
  };

  // Keys are taken here rather than by the window, which is another process: there a command would
  // overtake letters that are typed and not yet taken.
  const KEYS = {
    'C-KeyU': ['Underline'],
    'C-KeyZ': ['Undo'],
    'C-S-KeyZ': ['Redo'],
    'C-KeyY': ['Redo'],
    'C-S-KeyX': ['Strikethrough'],
    'C-S-Digit8': ['InsertUnorderedList'],
    'C-S-Digit7': ['InsertOrderedList'],
    'C-S-Digit9': ['Quote'],
    'C-BracketRight': ['Indent'],
    'C-BracketLeft': ['Outdent'],
    'C-KeyE': ['Code'],
    'C-Backslash': ['Clear'],
    'C-A-Digit0': ['FormatBlock', 'div'],
    'C-A-Digit1': ['FormatBlock', 'h1'],
    'C-A-Digit2': ['FormatBlock', 'h2'],
    'C-A-Digit3': ['FormatBlock', 'h3'],
    'C-A-Digit4': ['FormatBlock', 'pre'],
  };

  function run(name, argument) {
    COMMANDS[name](argument);
    report();
  }

  function textBeside(pre, backwards) {
    const range = document.createRange();
    range.selectNodeContents(pre);
    if (backwards) range.setEnd(getSelection().anchorNode, getSelection().anchorOffset);
    else range.setStart(getSelection().anchorNode, getSelection().anchorOffset);
    return range.toString();
  }

  // Enter goes on with the code, and leaves it on an empty line at its end.
  function enterInCode(event) {
    const pre = closest('pre');
    if (!pre) return;
    event.preventDefault();
    if (!getSelection().isCollapsed || textBeside(pre, false).trim() !== '' ||
        !textBeside(pre, true).endsWith('\n')) {
      document.execCommand('insertLineBreak', false);
      return;
    }
    while (pre.lastChild && /^\n*$/.test(pre.lastChild.textContent)) pre.lastChild.remove();
    if (pre.lastChild && pre.lastChild.nodeType === Node.TEXT_NODE)
      pre.lastChild.data = pre.lastChild.data.replace(/\n+$/, '');
    const line = document.createElement('div');
    line.innerHTML = '<br>';
    pre.after(line);
    caretInto(line, 0);
    post({ type: 'changed' });
  }

  document.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    // A letter by what is written on its key, where that is one of ours.
    const code = /^[a-z]$/i.test(event.key) ? 'Key' + event.key.toUpperCase() : event.code;
    const key = (event.ctrlKey ? 'C-' : '') + (event.altKey ? 'A-' : '') +
      (event.shiftKey ? 'S-' : '') + code;
    if (KEYS[key]) {
      event.preventDefault();
      run(...KEYS[key]);
    } else if (event.code === 'Tab' && !event.ctrlKey && !event.altKey && closest('td, th')) {
      event.preventDefault();
      nextCell(event.shiftKey);
      report();
    } else if (event.code === 'Tab' && !event.ctrlKey && !event.altKey && closest('li')) {
      event.preventDefault();
      run(event.shiftKey ? 'Outdent' : 'Indent');
    } else if (event.code === 'Enter' && !event.ctrlKey && !event.shiftKey) {
      enterInCode(event);
    }
  });

  // What was pasted, in this order, until the program has handed over how it was copied: what WebKit
  // tells here lacks the styles that make lists of an office program's paragraphs.
  const pasted = [];
  document.addEventListener('paste', (event) => {
    // WebKit tells nothing of HTML in UTF-16, but that it is there.
    if (!event.clipboardData.types.includes('text/html') || getSelection().rangeCount === 0) return;
    event.preventDefault();
    pasted.push({
      html: event.clipboardData.getData('text/html'),
      text: event.clipboardData.getData('text/plain'),
      range: getSelection().getRangeAt(0).cloneRange(),
    });
    post({ type: 'paste' });
  });

  function words(html) {
    return new DOMParser().parseFromString(html, 'text/html').body.textContent.replace(/\s+/g, '');
  }

  // What is typed until the program has read the clipboard stays behind what is pasted. A middle click
  // pastes what is selected somewhere, which is not what was copied.
  function paste(raw) {
    const { html, text, range } = pasted.shift();
    if (html && raw && words(html) !== words(raw)) raw = '';
    const selection = getSelection();
    const now = selection.rangeCount > 0 ? selection.getRangeAt(0).cloneRange() : null;
    const moved = now && (now.startContainer !== range.startContainer || now.startOffset !== range.startOffset);
    selection.removeAllRanges();
    selection.addRange(range);
    if (raw || html) insert(raw || html);
    else document.execCommand('insertText', false, text);
    if (!moved) return;
    selection.removeAllRanges();
    selection.addRange(now);
  }

  document.addEventListener('input', () => {
    post({ type: 'changed' });
    report();
  });
  document.addEventListener('selectionchange', report);
  // How large a picture is, is known when it is there; the event does not bubble.
  document.addEventListener('load', reportPictures, true);
  document.addEventListener('click', (event) => {
    const picture = event.target;
    if (picture.localName !== 'img') return;
    const at = Array.from(picture.parentNode.childNodes).indexOf(picture);
    getSelection().setBaseAndExtent(picture.parentNode, at, picture.parentNode, at + 1);
  });

  globalThis.wirebench = {
    report,
    insert,
    paste,
    run,
    setDocument(html) {
      document.body.innerHTML = clean(html) || BLANK;
      scalePictures();
      getSelection().setPosition(document.body.firstChild || document.body, 0);
      report();
    },
    getDocument() {
      // In lines that a person can read, where a line end means nothing.
      const text = clean(document.body.innerHTML).replace(
        /(<\/(?:blockquote|div|h[1-6]|li|ol|p|pre|table|tr|ul)>|<(?:ol|table|tbody|tr|ul)\b[^>]*>)(?=<)/g,
        '$1\n');
      return '<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head>\n<body>' + text +
        '</body></html>\n';
    },
    link(address) {
      const selection = getSelection();
      const around = closest('a[href]');
      if (around) selection.selectAllChildren(around);
      if (selection.isCollapsed) {
        const anchor = document.createElement('a');
        anchor.href = address;
        anchor.textContent = address;
        insert(anchor.outerHTML);
      } else {
        document.execCommand('createLink', false, address);
      }
      report();
    },
    unlink() {
      const around = closest('a[href]');
      if (around) getSelection().selectAllChildren(around);
      document.execCommand('unlink', false);
      report();
    },
  };

  document.execCommand('defaultParagraphSeparator', false, 'div');
  document.execCommand('styleWithCSS', false, false);
  document.body.focus();
  post({ type: 'ready' });
})();
