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
  const ATTRIBUTES = new Set(('align alt bgcolor border cellpadding cellspacing color colspan dir face ' +
    'height href lang rowspan size src start style title type valign width').split(' '));
  const STYLES = ['background-color', 'border', 'border-collapse', 'color', 'font-family', 'font-size',
    'font-style', 'font-weight', 'height', 'margin-bottom', 'margin-left', 'margin-right', 'margin-top',
    'max-width', 'padding', 'text-align', 'text-decoration', 'text-decoration-line', 'text-indent',
    'vertical-align', 'white-space', 'width'];
  const TARGET = /^(https?|ftp|mailto|tel|news):/i;
  const PICTURE = /^(data:image\/(png|jpeg|gif|webp|bmp);base64,|cid:)/i;

  const post = (message) =>
    window.webkit.messageHandlers.wirebench.postMessage(JSON.stringify(message));

  function cleanAttributes(from, to) {
    for (const { name, value } of Array.from(from.attributes)) {
      if (!ATTRIBUTES.has(name)) continue;
      if (name === 'href' && !(to.localName === 'a' && TARGET.test(value.trim()))) continue;
      if (name === 'src' && !(to.localName === 'img' && PICTURE.test(value))) continue;
      if (name === 'style') {
        for (const property of STYLES) {
          const set = from.style.getPropertyValue(property);
          if (set && !/url|image|expression|var\(/i.test(set)) to.style.setProperty(property, set);
        }
      } else {
        to.setAttribute(name, value);
      }
    }
  }

  function cleanInto(from, to, depth) {
    for (const node of Array.from(from.childNodes)) {
      if (node.nodeType === Node.TEXT_NODE) {
        to.appendChild(document.createTextNode(node.data));
      } else if (node.nodeType === Node.ELEMENT_NODE) {
        const name = node.localName;
        if (DROPPED.has(name)) continue;
        if (!KEPT.has(name) || depth > 200) {
          cleanInto(node, to, depth + 1);
        } else if (name === 'img' && !PICTURE.test(node.getAttribute('src') || '')) {
          if (node.alt) to.appendChild(document.createTextNode(node.alt));
        } else {
          const kept = document.createElement(name);
          cleanAttributes(node, kept);
          to.appendChild(kept);
          cleanInto(node, kept, depth + 1);
        }
      }
    }
  }

  // Parsed in a document that loads nothing, copied element by element.
  function clean(html) {
    const parsed = new DOMParser().parseFromString(html, 'text/html');
    const result = document.createElement('div');
    cleanInto(parsed.body, result, 0);
    return result.innerHTML;
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

  let told = '';
  function report() {
    const link = closest('a[href]');
    const state = {
      type: 'state',
      bold: document.queryCommandState('bold'),
      italic: document.queryCommandState('italic'),
      underline: document.queryCommandState('underline'),
      strikethrough: document.queryCommandState('strikeThrough'),
      bullets: document.queryCommandState('insertUnorderedList'),
      numbers: document.queryCommandState('insertOrderedList'),
      quote: closest('blockquote') !== null,
      block: block(),
      link: link ? link.getAttribute('href') : '',
    };
    const text = JSON.stringify(state);
    if (text !== told) {
      told = text;
      post(state);
    }
  }

  function insert(html) {
    document.body.focus();
    document.execCommand('insertHTML', false, clean(html));
  }

  document.addEventListener('paste', (event) => {
    const html = event.clipboardData.getData('text/html');
    if (html) {
      event.preventDefault();
      document.execCommand('insertHTML', false, clean(html));
    }
  });

  document.addEventListener('input', () => {
    post({ type: 'changed' });
    report();
  });
  document.addEventListener('selectionchange', report);

  globalThis.wirebench = {
    report,
    insert,
    setDocument(html) {
      document.body.innerHTML = clean(html) || '<div><br></div>';
      getSelection().setPosition(document.body.firstChild || document.body, 0);
      report();
    },
    getDocument() {
      return '<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head><body>' +
        clean(document.body.innerHTML) + '</body></html>\n';
    },
    quote() {
      if (closest('blockquote')) document.execCommand('outdent', false);
      else document.execCommand('formatBlock', false, 'blockquote');
      report();
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
